import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { jobEvents } from '../../../core/events/job-events.ts';
import { settleJob } from '../../../core/jobs/model/settle-job.ts';
import { arbitraryJob } from '../../support/jobs/arbitrary-job.ts';
import { executingJob, startTime } from '../../support/jobs/executing-job.ts';
import { aJob, endedJob, reconcileAfterMs } from '../../support/jobs/jobs.ts';

const baseUrl = 'https://api.test';
const lost = { kind: 'failed', code: 'lost', detail: 'gone' } as const;

describe('jobEvents', () => {
  test('returns an event of the contract for every transition of any job', () => {
    fc.assert(
      fc.property(arbitraryJob(), (job) => {
        const events = jobEvents(job, baseUrl);
        expect(events.map(({ id }) => id)).toEqual(
          job.transitions.map((_, index) => `${job.id}/${index + 1}`),
        );
        for (const event of events) expect(jobEvent.parse(event)).toEqual(event);
        expect(events.map(({ sequence }) => sequence)).toEqual(
          events.map(({ sequence }) => sequence).toSorted(),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('returns the same list in full and from any position', () => {
    fc.assert(
      fc.property(arbitraryJob(), fc.nat(20), (job, after) => {
        expect(jobEvents(job, baseUrl, after)).toEqual(jobEvents(job, baseUrl).slice(after));
      }),
      { numRuns: 200 },
    );
  });

  test('never changes events of earlier transitions, except for name and tags', () => {
    const before = executingJob();
    const { next } = settleJob(before, {
      attempt: 1,
      outcome: lost,
      now: startTime + 9,
      jitter: 0,
      reconcileAfterMs,
    });
    if (next === undefined) throw new Error('not settled');
    expect(jobEvents(next, baseUrl).slice(0, 2)).toEqual(jobEvents(before, baseUrl));
  });

  test('returns a CloudEvent for the transition', () => {
    const job = executingJob({ tags: ['a'] });
    expect(jobEvents(job, baseUrl)[1]).toEqual({
      specversion: '1.0',
      id: `${job.id}/2`,
      source: baseUrl,
      type: 'errand.job.executing',
      subject: `urn:errand:job:${job.id}`,
      time: '2026-11-21T09:30:16.125Z',
      datacontenttype: 'application/json',
      sequence: '0000000002',
      traceparent: job.traceparent,
      tenant: 'local',
      data: {
        jobId: job.id,
        name: 'echo',
        status: 'executing',
        previousStatus: 'pending',
        service: { name: 'echo', version: '1.0.0' },
        tags: ['a'],
        attempt: 1,
      },
    });
  });

  test('includes no previous state in the first event', () => {
    expect(jobEvents(aJob(), baseUrl)[0]?.data).not.toHaveProperty('previousStatus');
  });

  test('returns IDs that sort as text beyond the ninth transition', () => {
    const transitions = Array.from({ length: 12 }, (_, index) => ({
      status: 'ready' as const,
      at: index,
      attempt: 0,
    }));
    const sequences = jobEvents(aJob({ transitions }), baseUrl).map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted());
  });

  test('describes why each attempt ended, in the event of that attempt', () => {
    const failure = (attempt: number, detail: string) =>
      ({ code: 'lost', detail, retryable: true, attempt }) as const;
    const ended = (number: number, detail: string) => ({
      number,
      startedAt: startTime,
      finishedAt: startTime,
      failure: failure(number, detail),
    });
    const move = (status: 'executing' | 'retrying' | 'error', attempt: number) => ({
      status,
      at: startTime,
      attempt,
    });
    const job = endedJob('error', {
      attempt: 3,
      transitions: [
        ...aJob().transitions,
        move('executing', 1),
        move('retrying', 1),
        move('executing', 2),
        move('retrying', 2),
        move('executing', 3),
      ],
      endedAttempts: [ended(1, 'first'), ended(2, 'second')],
      failure: failure(3, 'third'),
    });
    const errors = jobEvents(job, baseUrl).map(({ data }) => data.error?.detail);
    expect(errors).toEqual([undefined, undefined, 'first', undefined, 'second', undefined, 'third']);
    expect(jobEvents(job, baseUrl).at(-1)?.data.error).toEqual({
      type: 'https://errand.dev/problems/lost',
      title: 'The attempt was lost',
      detail: 'third',
      code: 'lost',
      retryable: true,
      attempt: 3,
    });
  });

  test('links to the result when there is one', () => {
    const urls = (status: 'succeeded' | 'failed') =>
      jobEvents(endedJob(status), baseUrl).map(({ data }) => data.resultUrl);
    expect(urls('succeeded')).toEqual([undefined, `${baseUrl}/v1/jobs/${aJob().id}/result`]);
    expect(urls('failed')).toEqual([undefined, undefined]);
  });

  test('includes no parameters, results, owners or tokens', () => {
    const secret = { kind: 'inline', json: '"hunter2"' } as const;
    const claim = { executionDigest: 'hunter2', tokenDigest: 'hunter2' };
    const job = executingJob({
      parameters: secret,
      request: secret,
      result: secret,
      claim,
      owner: 'hunter2',
    });
    expect(JSON.stringify(jobEvents(job, baseUrl))).not.toContain('hunter2');
  });
});
