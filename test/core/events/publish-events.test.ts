import { describe, expect, test } from 'vitest';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { type JobChange, publishEvents } from '../../../core/events/publish-events.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { withWrite } from '../../../core/jobs/model/transition-job.ts';
import { executingJob, startTime } from '../../support/jobs/executing-job.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { testSettings } from '../../support/jobs/test-settings.ts';

/** A bus that cannot publish the events of the given ids. */
function recordingBus(refused: readonly string[] = []) {
  const published: JobEvent[] = [];
  return {
    published,
    async publish(events: readonly JobEvent[]) {
      published.push(...events);
      return events.filter(({ id }) => refused.includes(id));
    },
  };
}

async function publish(changes: readonly JobChange[], refused: readonly string[] = []) {
  const bus = recordingBus(refused);
  const unpublished = await publishEvents({ bus, settings: testSettings() }, changes);
  return { unpublished, ids: bus.published.map(({ id }) => id) };
}

/** The same job after one check by the reconciler. */
function touched(job: Job): Job {
  return withWrite(job, startTime + 60_000, { nextCheckAt: startTime + 120_000 });
}

const id = aJob().id;

describe('publishEvents', () => {
  test('publishes the first transition of a new job', async () => {
    expect(await publish([{ position: '1', after: aJob() }])).toEqual({ unpublished: [], ids: [`${id}/1`] });
  });

  test('publishes only what a change added', async () => {
    const change = { position: '2', before: aJob(), after: executingJob() };
    expect((await publish([change])).ids).toEqual([`${id}/2`]);
  });

  test('publishes every transition when one change contains several', async () => {
    expect((await publish([{ position: '1', after: executingJob() }])).ids).toEqual([`${id}/1`, `${id}/2`]);
  });

  test('publishes nothing for a write without a transition, nor for a deletion', async () => {
    const changes = [
      { position: '1', before: executingJob(), after: touched(executingJob()) },
      { position: '2', before: endedJob('succeeded') },
      { position: '3' },
    ];
    expect(await publish(changes)).toEqual({ unpublished: [], ids: [] });
  });

  test('publishes a repeated batch with the same IDs', async () => {
    const changes = [{ position: '1', after: aJob() }];
    expect(await publish(changes)).toEqual(await publish(changes));
  });

  test('returns the positions of exactly the changes that were not published completely', async () => {
    const other = jobIdAt(someTime, 5n);
    const changes = [
      { position: '1', after: aJob() },
      { position: '2', before: aJob(), after: touched(aJob()) },
      { position: '3', after: executingJob({ id: other }) },
      { position: '4', before: aJob(), after: executingJob() },
    ];
    expect(await publish(changes, [`${other}/2`])).toMatchObject({ unpublished: ['3'] });
    expect(await publish(changes, [`${id}/1`, `${id}/2`, `${other}/1`, `${other}/2`])).toMatchObject({
      unpublished: ['1', '3', '4'],
    });
  });

  test('fails the whole batch when the bus is unavailable', async () => {
    const bus = { publish: async () => Promise.reject(new Error('away')) };
    await expect(
      publishEvents({ bus, settings: testSettings() }, [{ position: '1', after: aJob() }]),
    ).rejects.toThrow('away');
  });
});
