import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../../../core/contract/job-state.ts';
import { jobAttempt } from '../../../../core/contract/schemas/job-schemas.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { type AttemptOutcome, settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { attemptsOf, getAttempts } from '../../../../core/jobs/queries/get-attempts.ts';
import { formatTime } from '../../../../core/jobs/queries/represent-job.ts';
import { decideAbort } from '../../../../core/jobs/relations/abort-job.ts';
import { runningOnBatch } from '../../../support/jobs/batch-attempts.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { aJob, endedJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { applyReport, jobs, reports } from '../job-reports.ts';

const timeout = { kind: 'failed', code: 'timeout', detail: 'too long' } as const;

function settled(job: Job, outcome: AttemptOutcome): Job {
  const settlement = { attempt: job.attempt, outcome, now: job.updatedAt + 500, jitter: 0, reconcileAfterMs };
  const { next } = settleJob(job, settlement);
  if (next === undefined) throw new Error('refused');
  return next;
}

function claimed(job: Job): Job {
  const attempt = job.attempt + 1;
  const to = 'executing' as const;
  const claim = { attempt, executionDigest: 'B', tokenDigest: 'token', to, now: job.updatedAt + 2000 };
  const { next } = claimAttempt(job, claim);
  if (next === undefined) throw new Error('refused');
  return next;
}

function aborted(job: Job): Job {
  return decideAbort(job, { by: 'me', now: job.updatedAt + 100, mode: 'fence' }).result.job;
}

const first = { number: 1, startedAt: formatTime(startTime) };
const timedOut = {
  ...first,
  status: 'error',
  finishedAt: formatTime(startTime + 500),
  code: 'timeout',
  detail: 'too long',
};

describe('attemptsOf', () => {
  test.each<[string, Job, readonly object[]]>([
    ['has none before the first claim', aJob(), []],
    ['has none of a job that was aborted before', aborted(aJob()), []],
    ['shows the one that runs', executingJob(), [{ ...first, status: 'executing' }]],
    [
      'shows one that succeeded',
      settled(executingJob(), { kind: 'succeeded', result: { kind: 'inline', json: '1' } }),
      [{ ...first, status: 'succeeded', finishedAt: formatTime(startTime + 500) }],
    ],
    [
      'shows one that failed, by its code',
      settled(executingJob(), {
        kind: 'failed',
        code: 'service-failed',
        detail: 'no',
        serviceErrorType: 'empty-text',
      }),
      [
        {
          ...first,
          status: 'failed',
          finishedAt: formatTime(startTime + 500),
          code: 'service-failed',
          detail: 'no',
          serviceErrorType: 'empty-text',
        },
      ],
    ],
    [
      'shows one that was aborted',
      aborted(executingJob()),
      [
        {
          ...first,
          status: 'aborted',
          finishedAt: formatTime(startTime + 100),
          code: 'aborted',
          detail: 'The job was aborted',
        },
      ],
    ],
    ['shows the one before a retry', settled(executingJob(), timeout), [timedOut]],
    [
      'shows no other of a job that was aborted between two',
      aborted(settled(executingJob(), timeout)),
      [timedOut],
    ],
    [
      'shows the one that runs behind those that ended',
      claimed(settled(executingJob(), timeout)),
      [timedOut, { number: 2, status: 'executing', startedAt: formatTime(startTime + 2500) }],
    ],
  ])('%s', (_, job, attempts) => {
    expect(attemptsOf(job)).toEqual(attempts);
  });

  test('shows the log location of each attempt of a container', () => {
    const one = { group: '/aws/batch/job', stream: '1' };
    const two = { group: '/own', stream: '2' };
    const retrying = settled(runningOnBatch({ log: one }), timeout);
    const again = { ...claimed(retrying), dispatcherId: 'batch-2', log: two };
    expect(attemptsOf(again)).toMatchObject([
      { number: 1, dispatcherId: 'batch-1', log: one },
      { number: 2, dispatcherId: 'batch-2', log: two },
    ]);
    expect(attemptsOf(claimed(retrying))[1]).not.toHaveProperty('log');
    for (const attempt of attemptsOf(again)) expect(jobAttempt.parse(attempt)).toEqual(attempt);
  });

  test('shows the name of a log without the account in it', () => {
    const log = {
      group: '/aws/batch/team-111122223333',
      stream: 'own/default/0123456789abcdef0123456789abcdef',
    };
    expect(attemptsOf(runningOnBatch({ log }))).toMatchObject([
      { log: { group: '/aws/batch/team-[hidden]', stream: log.stream } },
    ]);
  });

  test('numbers the attempts of any job from 1 without a gap, and all except the last have an end', () => {
    const counts = new Set<number>();
    fc.assert(
      fc.property(jobs, reports, (start, all) => {
        const job = all.reduce((before, report) => {
          if (report.kind === 'again') return before;
          const attempt = before.attempt + ('ahead' in report ? report.ahead : 0);
          return applyReport(before, { ...report, attempt }).next ?? before;
        }, start);
        const attempts = attemptsOf(job);
        counts.add(attempts.length);
        expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
        expect(attempts).toHaveLength(job.attempt);
        for (const attempt of attempts) expect(jobAttempt.parse(attempt)).toEqual(attempt);
        const open = attempts.filter(({ finishedAt }) => finishedAt === undefined);
        expect(open).toEqual(
          isTerminal(job.status)
            ? []
            : attempts.filter(({ status }) => status === 'executing' || status === 'aborting'),
        );
        expect(open.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
    expect([...counts]).toEqual(expect.arrayContaining([0, 1, 2]));
  });
});

describe('getAttempts', () => {
  test('returns not found for a job that does not exist or belongs to another tenant', async () => {
    const deps = testDeps();
    const job = endedJob('succeeded', { requestedAt: someTime });
    await deps.jobs.insert(job);
    expect(await getAttempts(deps, { tenant: 'local', jobId: job.id })).toEqual([]);
    const other = getAttempts(deps, { tenant: 'other', jobId: job.id });
    await expect(other).rejects.toThrow(expect.objectContaining({ slug: 'not-found' }));
  });
});
