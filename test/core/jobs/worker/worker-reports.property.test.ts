import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenFingerprint } from '../../../../core/access/model/worker-token.ts';
import { isTerminal } from '../../../../core/contract/job-state.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import type { AttemptOutcome } from '../../../../core/jobs/model/settle-job.ts';
import { decideEnd, decideFirstReport } from '../../../../core/jobs/worker/end-attempt.ts';
import { mergeProgress } from '../../../../core/jobs/worker/merge-progress.ts';
import { recordWorkerReport } from '../../../../core/jobs/worker/record-worker-report.ts';
import { decideReport } from '../../../../core/jobs/worker/report-heartbeat.ts';
import type { WorkerCaller } from '../../../../core/jobs/worker/worker-access.ts';
import { digest } from '../../../../core/std/digest.ts';
import { omitUndefined } from '../../../../core/std/omit-undefined.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { applyReport } from '../job-reports.ts';

/** A report of a worker; `claim` selects the claim whose token it has, the last claim being 0. */
type WorkerReport = {
  readonly claim: number;
  readonly workerId: string | undefined;
  readonly route: 'heartbeat' | 'progress' | 'complete' | 'fail';
  readonly completion: number;
  readonly outcome: number;
};

type Step = { readonly after: number } & (
  | { readonly kind: 'worker'; readonly workerReport: WorkerReport }
  | { readonly kind: 'claim'; readonly to: 'scheduled' | 'executing'; readonly isSame: boolean }
  | { readonly kind: 'other'; readonly report: 'reconcile' | 'abort' | 'settle' }
);

const workerReport: fc.Arbitrary<WorkerReport> = fc.record({
  claim: fc.constantFrom(0, 0, 0, 0, 1, 2),
  workerId: fc.constantFrom('batch-1', 'batch-1', 'batch-2', undefined),
  route: fc.constantFrom('heartbeat', 'progress', 'progress', 'complete', 'fail'),
  completion: fc.double({ min: 0, max: 1, noNaN: true }),
  outcome: fc.nat(1),
});

const after = fc.oneof({ weight: 5, arbitrary: fc.nat(3000) }, { weight: 1, arbitrary: fc.nat(60_000) });

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('worker' as const), after, workerReport }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('claim' as const),
        after,
        to: fc.constantFrom('scheduled' as const, 'executing' as const),
        isSame: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('other' as const),
        after,
        report: fc.constantFrom('reconcile' as const, 'abort' as const, 'settle' as const),
      }),
    },
  ),
  { maxLength: 40, size: 'max' },
);

interface Receipt {
  readonly before: Job;
  readonly workerReport: WorkerReport;
  readonly caller: WorkerCaller;
  readonly next: Job | undefined;
  readonly refusal: string | undefined;
}

/** Applies all steps to a job; `watch` receives each report and its result. */
function live(all: readonly Step[], watch: (receipt: Receipt) => void = () => {}): Job {
  const limits = { ...aJob().limits, heartbeatSeconds: 10 };
  let job = aJob({ limits, policy: { maxAttempts: 5, backoffSeconds: 0, backoffRate: 1 } });
  const tokens: string[] = [];
  let [now, executions] = [someTime, 0];
  for (const step of all) {
    now += step.after;
    const next =
      step.kind === 'worker'
        ? receive(job, step.workerReport)
        : step.kind === 'claim'
          ? claim(step)
          : other(step.report);
    if (next === undefined) continue;
    checkWrite(job, next);
    checkJob(next);
    if (next.claim !== undefined && next.claim.tokenDigest !== tokens.at(-1))
      tokens.push(next.claim.tokenDigest);
    job = next;
  }
  return job;

  function receive(before: Job, received: WorkerReport): Job | undefined {
    const tokenDigest = tokens.at(-1 - received.claim) ?? 'never given';
    const { workerId } = received;
    const key = { tenant: before.tenant, jobId: before.id };
    const caller = { key, tokenDigest, ...omitUndefined({ workerId }) };
    const { next, refusal } = sayTo(before, received, caller);
    watch({ before, workerReport: received, caller, next, refusal });
    return next;
  }

  function sayTo(before: Job, received: WorkerReport, caller: WorkerCaller) {
    try {
      return { next: decide(before, received, caller).next, refusal: undefined };
    } catch (error) {
      if (error instanceof ProblemError) return { next: undefined, refusal: error.slug };
      throw error;
    }
  }

  function decide(before: Job, { route, completion, outcome }: WorkerReport, caller: WorkerCaller) {
    if (route === 'heartbeat')
      return decideReport(before, caller, (held) => recordWorkerReport(held, caller, { now }));
    if (route === 'progress')
      return decideReport(before, caller, (held) =>
        recordWorkerReport(held, caller, { now, progress: mergeProgress(held.progress, { completion }) }),
      );
    const reported: AttemptOutcome =
      route === 'complete'
        ? { kind: 'succeeded', result: { kind: 'inline', json: String(outcome) } }
        : { kind: 'failed', code: 'service-failed', detail: String(outcome), retryable: true };
    if (before.status === 'scheduled') return decideFirstReport(before, caller, now);
    const input = { caller, reportDigest: `${route} ${outcome}` };
    return decideEnd(before, input, { outcome: reported, now, jitter: 0, reconcileAfterMs });
  }

  function claim({ to, isSame }: { readonly to: 'scheduled' | 'executing'; readonly isSame: boolean }) {
    if (!isSame) executions += 1;
    const attempt = job.claim === undefined ? job.attempt + 1 : job.attempt;
    const executionDigest = `E${executions}`;
    return claimAttempt(job, {
      attempt,
      to,
      executionDigest,
      tokenDigest: digest(`${executionDigest} ${now}`),
      now,
    }).next;
  }

  function other(report: 'reconcile' | 'abort' | 'settle'): Job | undefined {
    const at = now - someTime;
    const outcome = { kind: 'failed', code: 'timeout', detail: '' } as const;
    const reported = { at, attempt: job.attempt, jitter: 0 };
    if (report === 'abort') return applyReport(job, { ...reported, kind: report, running: 'terminate' }).next;
    if (report === 'settle') return applyReport(job, { ...reported, kind: report, outcome, ahead: 0 }).next;
    return applyReport(job, { ...reported, kind: report }).next;
  }
}

/** Whether the attempt belongs to a container of this name, according to the job. */
function isBoundTo({ claim, dispatcherId }: Job, workerId: string | undefined): boolean {
  const bound = claim?.workerId ?? (workerId === undefined ? undefined : dispatcherId);
  return bound === undefined || bound === workerId;
}

describe('a job with any worker reports', () => {
  test('is valid at every time', () => {
    fc.assert(
      fc.property(steps, (all) => void live(all)),
      { numRuns: 1500 },
    );
  });

  test('is changed only by the holder of its attempt, and returns nothing to a caller that never had a token of it', () => {
    fc.assert(
      fc.property(steps, (all) => {
        live(all, ({ before, caller, next, refusal }) => {
          const { claim } = before;
          const isHolder = claim?.tokenDigest === caller.tokenDigest && isBoundTo(before, caller.workerId);
          if (!isHolder || isTerminal(before.status)) expect(next).toBeUndefined();
          const isIssued =
            before.issuedTokenFingerprints?.includes(tokenFingerprint(caller.tokenDigest)) === true;
          if (!isHolder && before.endedClaim?.tokenDigest !== caller.tokenDigest)
            expect(refusal).toBe(isIssued ? 'stale-attempt' : 'unauthenticated');
          if (isHolder && refusal !== undefined) expect(refusal).toBe('invalid-request');
        });
      }),
      { numRuns: 1500 },
    );
  });

  test('never decreases its completion within an attempt, and has none at the start of the next', () => {
    fc.assert(
      fc.property(steps, (all) => {
        live(all, ({ before, next }) => {
          const [known, reported] = [before.progress?.completion ?? 0, next?.progress?.completion];
          if (next?.attempt === before.attempt && reported !== undefined)
            expect(reported).toBeGreaterThanOrEqual(known);
          if (next?.status === 'retrying') expect(next).not.toHaveProperty('progress');
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('returns the same response to a repeated outcome, and changes nothing then', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const ends = new Map<string, string>();
        live(all, ({ workerReport: { route, outcome }, caller, next, refusal }) => {
          if (route !== 'complete' && route !== 'fail') return;
          const [token, reported] = [caller.tokenDigest, `${route} ${outcome}`];
          const first = ends.get(token);
          if (first !== undefined) expect(next).toBeUndefined();
          if (next?.status === 'executing') return;
          if (next !== undefined) ends.set(token, reported);
          else if (refusal === undefined) expect(reported).toBe(first);
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('reaches every response, so that these properties are meaningful', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (all) => {
        const last = live(all, ({ workerReport: { route }, next, refusal }) => {
          seen.add(`${route} ${refusal ?? (next === undefined ? 'unchanged' : next.status)}`);
        });
        if (
          last.failure?.code === 'lost' ||
          last.endedAttempts.some(({ failure }) => failure.code === 'lost')
        )
          seen.add('lost');
      }),
      // Rare cases can be missing from one run in many: a fixed run shows whether the steps can produce them.
      { numRuns: 6000, seed: 7 },
    );
    const reports = [
      'heartbeat executing',
      'heartbeat unchanged',
      'progress executing',
      'progress unchanged',
    ];
    const ends = [
      'complete succeeded',
      'complete unchanged',
      'complete aborted',
      'fail retrying',
      'fail failed',
    ];
    const refusals = [
      'heartbeat unauthenticated',
      'heartbeat stale-attempt',
      'heartbeat invalid-request',
      'fail unchanged',
      'lost',
    ];
    expect([...seen]).toEqual(expect.arrayContaining([...reports, ...ends, ...refusals]));
  });
});
