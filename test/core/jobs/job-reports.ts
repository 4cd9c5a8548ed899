import fc from 'fast-check';
import type { FailureCode } from '../../../core/contract/policy.ts';
import { failureCodes } from '../../../core/contract/policy.ts';
import { claimAttempt } from '../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { type AttemptOutcome, settleJob } from '../../../core/jobs/model/settle-job.ts';
import { reconcileJob } from '../../../core/jobs/reconciler/reconcile-job.ts';
import { decideAbort } from '../../../core/jobs/relations/abort-job.ts';
import { aJob, reconcileAfterMs, someTime } from '../../support/jobs/jobs.ts';

/** A report about a job. Its attempt is relative to the attempt of the job, so that many reports apply. */
export type Report =
  | { readonly kind: 'claim'; readonly execution: string; readonly ahead: number; readonly at: number }
  | {
      readonly kind: 'settle';
      readonly outcome: AttemptOutcome;
      readonly ahead: number;
      readonly at: number;
      readonly jitter: number;
    }
  | { readonly kind: 'reconcile'; readonly at: number; readonly jitter: number }
  | { readonly kind: 'abort'; readonly at: number; readonly running: 'fence' | 'terminate' }
  /** The job receives a copy of the report that it received this number of reports ago. */
  | { readonly kind: 'again'; readonly ago: number };

/** A report with its attempt fixed, so that it can be repeated. */
export type AbsoluteReport = Exclude<Report, { kind: 'again' }> & { readonly attempt: number };

export interface ReportResult {
  readonly next: Job | undefined;
  readonly result:
    | 'claimed'
    | 'refused'
    | 'stale'
    | 'ended'
    | 'retrying'
    | 'released'
    | 'reconciled'
    | 'aborted'
    | 'aborting';
}

export function applyReport(job: Job, report: AbsoluteReport): ReportResult {
  const now = someTime + report.at;
  if (report.kind === 'reconcile') {
    return {
      next: reconcileJob(job, { now, reconcileAfterMs, jitter: report.jitter }).next,
      result: 'reconciled',
    };
  }
  if (report.kind === 'abort') {
    const { next, result } = decideAbort(job, { by: 'me', now, mode: report.running });
    const { outcome } = result;
    return { next, result: outcome === 'ended' || outcome === 'deleting' ? 'refused' : outcome };
  }
  if (report.kind === 'claim') {
    const { attempt, execution } = report;
    const to = 'executing' as const;
    const claim = { attempt, executionDigest: execution, tokenDigest: `${execution}${report.at}`, to, now };
    const { next, result } = claimAttempt(job, claim);
    return { next, result: result.claimed ? 'claimed' : 'refused' };
  }
  const { attempt, outcome, jitter } = report;
  const { next, result } = settleJob(job, { attempt, outcome, now, jitter, reconcileAfterMs });
  return { next, result: result.settled };
}

const codes = Object.keys(failureCodes) as FailureCode[]; // keys of a const object
/** The failure codes that a report can contain; only the service itself sets the others. */
const attemptCodes = codes.filter((code) => failureCodes[code].status !== 'aborted');

const jitter = fc.oneof(fc.constantFrom(0, 0.999, 1), fc.double({ min: 0, max: 1, noNaN: true }));

/** Milliseconds after the request: early, around every limit, and before the request by a slow clock. */
const at = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 400_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: -60_000, max: 10_000_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 100_000_000 }) },
);

const outcome: fc.Arbitrary<AttemptOutcome> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constant<AttemptOutcome>({ kind: 'succeeded', result: { kind: 'inline', json: '1' } }),
  },
  { weight: 2, arbitrary: fc.constant<AttemptOutcome>({ kind: 'refused' }) },
  {
    weight: 5,
    arbitrary: fc.record(
      {
        kind: fc.constant('failed' as const),
        code: fc.constantFrom(...attemptCodes),
        detail: fc.constant('it broke'),
        retryable: fc.boolean(),
      },
      { requiredKeys: ['kind', 'code', 'detail'], noNullPrototype: true },
    ),
  },
);

export const reports: fc.Arbitrary<readonly Report[]> = fc.array(
  fc.oneof(
    {
      weight: 16,
      arbitrary: fc.record({
        kind: fc.constant('claim' as const),
        execution: fc.constantFrom('A', 'B', 'C'),
        ahead: fc.constantFrom(1, 1, 1, 1, 0, 0, 2, -1),
        at,
      }),
    },
    {
      weight: 16,
      arbitrary: fc.record({
        kind: fc.constant('settle' as const),
        outcome,
        ahead: fc.constantFrom(0, 0, 0, 0, 0, 1, -1),
        at,
        jitter,
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('reconcile' as const), at, jitter }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('abort' as const),
        at,
        running: fc.constantFrom('fence', 'terminate'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('again' as const), ago: fc.integer({ min: 1, max: 8 }) }),
    },
  ),
  { maxLength: 40, size: 'max' },
);

/** A job as submitted, with any policy and any limits. */
export const jobs: fc.Arbitrary<Job> = fc
  .record({
    policy: fc.record(
      {
        maxAttempts: fc.integer({ min: 1, max: 10 }),
        backoffSeconds: fc.oneof(fc.constantFrom(0, 10, 3600), fc.double({ min: 0, max: 3600, noNaN: true })),
        backoffRate: fc.oneof(fc.constantFrom(1, 2, 10), fc.double({ min: 1, max: 10, noNaN: true })),
        retryOn: fc.uniqueArray(fc.constantFrom(...codes)),
      },
      { requiredKeys: ['maxAttempts', 'backoffSeconds', 'backoffRate'], noNullPrototype: true },
    ),
    limits: fc.record(
      {
        attemptTimeoutSeconds: fc.integer({ min: 1, max: 900 }),
        queueTimeoutSeconds: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 7200 })),
        timeoutSeconds: fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 90_000 })),
      },
      { noNullPrototype: true },
    ),
  })
  .map(({ policy, limits }) => {
    const checkMs = Math.min(limits.queueTimeoutSeconds * 1000, limits.timeoutSeconds * 1000);
    return aJob({ policy, limits, nextCheckAt: someTime + checkMs });
  });
