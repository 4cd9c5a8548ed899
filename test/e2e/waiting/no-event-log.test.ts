import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventLogDays } from '../../support/local-service/assembly-changes.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startChangedErrand([eventLogDays(0)]);
});
afterAll(() => errand?.end());

test('a deployment without an event log says so, as JSON and as a stream, and still has the events of each job', async () => {
  const { id } = await submitJob(errand, { service: 'echo' });
  await endedJob(errand, id);
  for (const headers of [{}, { prefer: 'wait=5' }, { accept: 'text/event-stream' }])
    expectProblem(
      expectDocumented(await errand.call('/v1/events?after=now', { headers }), 'listEvents'),
      'event-log-off',
    );
  expect((await errand.call(`/v1/jobs/${id}/events`)).body.items).toHaveLength(3);
});
