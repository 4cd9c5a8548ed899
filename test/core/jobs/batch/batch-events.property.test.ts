import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTerminal } from '../../../../core/contract/job-state.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { dispatchAttempt } from '../../../../core/jobs/attempts/dispatch-attempt.ts';
import { applyBatchEvent } from '../../../../core/jobs/batch/apply-batch-event.ts';
import { submitBatchAttempt } from '../../../../core/jobs/batch/submit-batch-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import type { BatchJob } from '../../../../core/ports/batch-dispatcher.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

/** The next step; numbers select among the existing Batch jobs. */
type Act =
  | { readonly kind: 'start'; readonly of: number; readonly losesAnswer: boolean }
  | {
      readonly kind: 'advance';
      readonly of: number;
      readonly to: BatchJob['status'];
      readonly exitCode: number;
    }
  | { readonly kind: 'event'; readonly of: number }
  | { readonly kind: 'reconcile'; readonly after: number }
  | { readonly kind: 'abort' }
  | { readonly kind: 'refuse'; readonly calls: 'none' | 'reads' | 'all' };

const of = fc.nat(30);
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('start' as const), of, losesAnswer: fc.boolean() }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('advance' as const),
        of,
        to: fc.constantFrom('STARTING', 'RUNNING', 'RUNNING', 'SUCCEEDED', 'FAILED'),
        exitCode: fc.constantFrom(0, 1, 137),
      }),
    },
    { weight: 10, arbitrary: fc.record({ kind: fc.constant('event' as const), of }) },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('reconcile' as const),
        after: fc.integer({ min: 0, max: 900 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('refuse' as const),
        calls: fc.constantFrom('none', 'none', 'reads', 'all'),
      }),
    },
  ),
  { maxLength: 40, size: 'max' },
);

const limits = { attemptTimeoutSeconds: 600, queueTimeoutSeconds: 900, timeoutSeconds: 7200 };

const refused = new Error('Batch does not respond');
const lostResponse = new Error('The response was lost');

/** One job on Batch, all events of Batch, and a check of every write of the job. */
async function play(all: readonly Act[]) {
  const deps = testDeps();
  const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-echo' } as const;
  await deps.services.insert(aService({ dispatcher }, { used: true }));
  const submitted = aJob({ limits });
  await deps.jobs.insert(submitted);
  const key = { tenant: 'local', jobId: submitted.id };
  const ends: string[] = [];
  // Errors are caught where they occur, as a handler would, and must not be lost there.
  const faults: unknown[] = [];
  const note = (error: unknown) => {
    const isExpected = error instanceof ProblemError || error === refused || error === lostResponse;
    if (!isExpected) faults.push(error);
  };
  deps.log = { info: () => {}, warn: (_, fields) => note(fields?.['error']) };
  const replace = deps.jobs.replace;
  deps.jobs.replace = async (job, version) => {
    const before = await deps.jobs.get(key);
    const outcome = await replace(job, version);
    if (outcome === 'replaced' && before !== undefined) {
      try {
        checkWrite(before, job);
        checkJob(job);
      } catch (error) {
        faults.push(error);
      }
      if (isTerminal(job.status)) ends.push(job.status);
    }
    return outcome;
  };
  const events: BatchJob[] = [];
  const lookUp = async (id: string) => (await memory.describe(id)) as BatchJob; // every id belongs to a submission
  const memory = { ...deps.batch };
  const ids = () => deps.batch.submissions.map((_, index) => `batch-${index + 1}`);
  const starts = () => [{ attempt: 1, start: 1 }, ...deps.executions.starts];
  const act = async (now: Act): Promise<void> => {
    if (now.kind === 'reconcile') {
      await deps.clock.sleep(now.after * 1000);
      await reconcile(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
    } else if (now.kind === 'abort') {
      await abortJob(deps, { key, by: 'me' });
    } else if (now.kind === 'refuse') {
      const calls = now.calls === 'all' ? undefined : (['find', 'describe'] as const);
      deps.batch.refuse(now.calls === 'none' ? undefined : refused, calls);
    } else if (now.kind === 'event') {
      const event = events[now.of % Math.max(events.length, 1)];
      if (event !== undefined) await applyBatchEvent(deps, event);
    } else if (now.kind === 'start') {
      await start(now);
    } else {
      await advance(now);
    }
  };
  const start = async (now: Act & { kind: 'start' }): Promise<void> => {
    const { attempt, start: number } = starts()[now.of % starts().length] ?? { attempt: 1, start: 1 };
    const executionId = `${attempt}-${number}`;
    const dispatch = await dispatchAttempt(deps, { ...key, attempt, executionId });
    if (dispatch.route !== 'batch') return;
    const batch = { ...deps.batch, terminate: deps.batch.terminate };
    if (now.losesAnswer) {
      batch.submit = async (given) => {
        await deps.batch.submit(given);
        throw lostResponse;
      };
    }
    await submitBatchAttempt({ ...deps, batch }, { ...dispatch, isRepeated: false });
  };
  const advance = async ({ of: which, to, exitCode }: Act & { kind: 'advance' }): Promise<void> => {
    const id = ids()[which % Math.max(ids().length, 1)];
    if (id === undefined) return;
    const ran = to === 'RUNNING' || to === 'SUCCEEDED' ? { startedAt: deps.clock.now() } : {};
    const exit = to === 'FAILED' ? { exitCode, statusReason: 'Essential container in task exited' } : {};
    events.push(deps.batch.become(id, { status: to, ...ran, ...exit }));
  };
  for (const now of all) {
    try {
      await act(now);
    } catch (error) {
      note(error);
    }
  }
  const stored = async () => (await deps.jobs.get(key)) as Job; // it is never deleted here
  return { deps, key, ends, faults, ids, lookUp, stored };
}

const hasEnded = ({ status }: BatchJob) => status === 'SUCCEEDED' || status === 'FAILED';

describe('a job on Batch with any events in any order', () => {
  test('never ends twice, and makes no transition that the table does not allow', async () => {
    const property = fc.asyncProperty(acts, async (all) => {
      const { ends, faults } = await play(all);
      expect(faults).toEqual([]);
      expect(ends.length).toBeLessThanOrEqual(1);
    });
    await fc.assert(property, { numRuns: 400 });
  });

  test('ends when only the reconciler remains, even if Batch never responds again', async () => {
    const property = fc.asyncProperty(acts, fc.boolean(), async (all, answers) => {
      const { deps, ends, faults, stored } = await play(all);
      deps.batch.refuse(answers ? undefined : refused);
      const { requestedAt } = await stored();
      for (let checks = 0; (await stored()).nextCheckAt !== undefined; checks += 1) {
        if (checks > 500) throw new Error('The job does not end');
        const wait = Math.max(0, ((await stored()).nextCheckAt ?? 0) - deps.clock.now());
        await deps.clock.sleep(wait);
        await reconcile(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
      }
      expect(faults).toEqual([]);
      expect(ends).toHaveLength(1);
      const latest = Math.max(requestedAt + limits.timeoutSeconds * 1000 + 600_000 + reconcileAfterMs, 0);
      const { transitions, finishedAt = 0 } = await stored();
      // The steps may have taken longer than the limit by themselves.
      const played = transitions.at(-2)?.at ?? 0;
      expect(finishedAt).toBeLessThanOrEqual(Math.max(latest, played + 900_000 + 600_000 + reconcileAfterMs));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('leaves no unneeded Batch job running once its events are processed', async () => {
    const property = fc.asyncProperty(acts, async (all) => {
      const { deps, key, faults, ids, lookUp, stored } = await play([
        ...all,
        { kind: 'refuse', calls: 'none' },
      ]);
      try {
        await abortJob(deps, { key, by: 'me' });
      } catch {
        // It has ended before.
      }
      const { status, dispatcherId } = await stored();
      for (const id of ids()) {
        const found = await lookUp(id);
        if (!hasEnded(found)) await applyBatchEvent(deps, found);
      }
      expect(faults).toEqual([]);
      for (const id of ids()) {
        const isOwn = id === dispatcherId && (status === 'succeeded' || status === 'failed');
        if (!isOwn) expect(hasEnded(await lookUp(id)), `${id} of a job that is ${status}`).toBe(true);
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('reaches every kind of end, so that these properties are meaningful', async () => {
    const seen = new Set<string>();
    const property = fc.asyncProperty(acts, async (all) => {
      const { deps, stored } = await play(all);
      const job = await stored();
      seen.add(job.failure === undefined ? job.status : `${job.status} ${job.failure.code}`);
      for (const { failure } of job.endedAttempts) seen.add(`attempt ${failure.code}`);
      if (job.starts > 1 && job.status === 'scheduled') seen.add('submitted again');
      if (deps.batch.submissions.length > job.attempt) seen.add('submitted twice');
    });
    await fc.assert(property, { numRuns: 800 });
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'pending',
        'scheduled',
        'executing',
        'retrying',
        'aborting',
        'succeeded',
        'aborted aborted',
        'failed service-failed',
        'attempt timeout',
        'attempt capacity',
        'attempt lost',
        'submitted again',
        'submitted twice',
      ]),
    );
  });
});
