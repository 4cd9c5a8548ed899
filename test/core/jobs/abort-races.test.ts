import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { dispatchAttempt } from '../../../core/jobs/attempts/dispatch-attempt.ts';
import { settleAttempt } from '../../../core/jobs/attempts/settle-attempt.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { reconcile } from '../../../core/jobs/reconciler/reconcile.ts';
import { abortJob } from '../../../core/jobs/relations/abort-job.ts';
import { executingJob } from '../../support/jobs/executing-job.ts';
import { checkJob } from '../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs } from '../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../support/jobs/test-deps.ts';
import { interruptedProcess } from '../../support/memory/interrupted-process.ts';

type Deps = ReturnType<typeof testDeps>;
/** A call that changes the job of the test, and its result. */
type Act = (deps: Deps) => Promise<string>;

const key = { tenant: 'local', jobId: aJob().id };

const abort: Act = async (deps) => {
  try {
    return (await abortJob(deps, { key, by: 'key-1' })).status;
  } catch (error) {
    if (error instanceof ProblemError) return error.slug;
    throw error;
  }
};
const succeed: Act = (deps) =>
  settleAttempt(deps, { ...key, attempt: 1, report: { kind: 'value', value: 1 } });
const timeOut: Act = (deps) => {
  const report = { kind: 'error', error: { Error: 'States.Timeout', Cause: '' } } as const;
  return settleAttempt(deps, { ...key, attempt: 1, report });
};
const claim: Act = async (deps) => {
  const input = { ...key, attempt: 1, executionId: 'A' };
  return (await dispatchAttempt(deps, input)).route;
};
const runPass: Act = async (deps) => {
  await deps.clock.sleep(reconcileAfterMs);
  await reconcile(deps, { budgetEndsAt: deps.clock.now() + 1000 });
  return 'swept';
};

/** All interleavings of `second` into `first`: before its first call, before each other call, and after it. */
async function everyOrder(job: Job, first: Act, second: Act) {
  const outcomes: { readonly first: string; readonly second: string; readonly job: Job }[] = [];
  for (let at = 1; ; at += 1) {
    const deps = testDeps();
    await deps.services.insert(aService({}, { used: true }));
    await deps.jobs.insert(job);
    let observed: string | undefined;
    const { deps: watched, calls } = interruptedProcess(deps, ['jobs', 'services', 'objects'], {
      beforeCall: at,
      async act() {
        observed = await second(deps);
      },
    });
    const firstResult = await first(watched);
    const isLast = observed === undefined;
    observed ??= await second(deps);
    const stored = await deps.jobs.get(key);
    if (stored === undefined) throw new Error('gone');
    checkJob(stored);
    outcomes.push({ first: firstResult, second: observed, job: stored });
    if (isLast) return { outcomes, calls: calls() };
  }
}

function stories(outcomes: Awaited<ReturnType<typeof everyOrder>>['outcomes']): readonly string[] {
  const observed = outcomes.map(({ first, second, job }) => `${first} / ${second} -> ${job.status}`);
  return [...new Set(observed)].sort();
}

describe('a concurrent abort and end of an attempt, in any order of their calls', () => {
  test('have one winner when the attempt succeeds', async () => {
    const { outcomes, calls } = await everyOrder(executingJob(), succeed, abort);
    expect(stories(outcomes)).toEqual(['ended / already-ended -> succeeded', 'stale / aborted -> aborted']);
    expect(calls).toBeGreaterThan(2);
    const turned = await everyOrder(executingJob(), abort, succeed);
    expect(stories(turned.outcomes)).toEqual([
      'aborted / stale -> aborted',
      'already-ended / ended -> succeeded',
    ]);
    expect(turned.calls).toBeGreaterThan(2);
  });

  test('result in an aborted job when the attempt would be retried', async () => {
    const { outcomes } = await everyOrder(executingJob(), timeOut, abort);
    expect(stories(outcomes)).toEqual(['retrying / aborted -> aborted', 'stale / aborted -> aborted']);
    const turned = await everyOrder(executingJob(), abort, timeOut);
    expect(stories(turned.outcomes)).toEqual(['aborted / retrying -> aborted', 'aborted / stale -> aborted']);
    expect(outcomes.map(({ job }) => job.abort?.stopped)).toEqual(
      expect.arrayContaining(['fenced', 'not-started']),
    );
  });

  test('result in an aborted job with the last written claim, for any order', async () => {
    const { outcomes } = await everyOrder(aJob(), claim, abort);
    expect(stories(outcomes)).toEqual(['lambda / aborted -> aborted', 'none / aborted -> aborted']);
    const turned = await everyOrder(aJob(), abort, claim);
    expect(stories(turned.outcomes)).toEqual(['aborted / lambda -> aborted', 'aborted / none -> aborted']);
    for (const { second, job } of turned.outcomes) {
      expect(job.abort?.stopped).toBe(second === 'lambda' ? 'fenced' : 'not-started');
    }
  });

  test('leave nothing for the reconciler', async () => {
    const { outcomes } = await everyOrder(aJob(), runPass, abort);
    expect(stories(outcomes)).toEqual(['swept / aborted -> aborted']);
    const turned = await everyOrder(aJob(), abort, runPass);
    expect(stories(turned.outcomes)).toEqual(['aborted / swept -> aborted']);
  });

  test('return the same when both are aborts', async () => {
    const { outcomes } = await everyOrder(executingJob(), abort, abort);
    expect(stories(outcomes)).toEqual(['aborted / aborted -> aborted']);
    expect(new Set(outcomes.map(({ job }) => job.version))).toEqual(new Set([3]));
  });
});
