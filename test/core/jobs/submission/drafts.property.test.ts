import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isTerminal, isUnstarted } from '../../../../core/contract/job-state.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import type { JobEdit } from '../../../../core/contract/schemas/draft-schemas.ts';
import { draftLifetimeMs } from '../../../../core/jobs/model/job-start.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { deleteService } from '../../../../core/services/delete-service.ts';
import { registerService } from '../../../../core/services/register-service.ts';
import { draftWorld, sizedParameters } from '../../../support/jobs/drafts.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aService } from '../../../support/jobs/test-deps.ts';

type World = Awaited<ReturnType<typeof world>>;

/** A call about a draft or its service, or the passage of time. */
type Deed =
  | { readonly kind: 'edit'; readonly edit: JobEdit }
  | { readonly kind: 'start' | 'abort' | 'reconcile' | 'unregister' }
  | { readonly kind: 'register'; readonly strict: boolean }
  | { readonly kind: 'pass'; readonly days: number };

const edit: fc.Arbitrary<JobEdit> = fc.record(
  {
    name: fc.constantFrom('mine', null),
    tags: fc.constantFrom(['a'], null),
    metadata: fc.constantFrom({ run: 7 }, { run: [7] }, { run: null }, null),
    service: fc.constantFrom('echo@1.0.0', 'any', { version: '2.0.0' }, null),
    parameters: fc.constantFrom({ size: 1 }, { size: 'big' }, { size: null }, null, [1]),
    retry: fc.constantFrom({ maxAttempts: 2 }, { maxAttempts: null }, null),
    timeoutSeconds: fc.constantFrom(50, null),
    priority: fc.constantFrom(0, 7, null),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('edit' as const), edit }) },
  { weight: 3, arbitrary: fc.constantFrom({ kind: 'start' as const }, { kind: 'reconcile' as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'abort' as const }, { kind: 'unregister' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('register' as const), strict: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), days: fc.constantFrom(1, 29, 30) }),
  },
);

const version = { tenant: 'local', name: 'any', version: '1.0.0' };

/** A world in which every write of a job is checked against the previous version. */
async function world() {
  const there = await draftWorld();
  const { replace, get } = there.deps.jobs;
  there.deps.jobs.replace = async (job, expectedVersion, known) => {
    checkJob(job);
    const before = await get({ tenant: job.tenant, jobId: job.id });
    const outcome = await replace(job, expectedVersion, known);
    if (outcome === 'replaced' && before !== undefined) checkWrite(before, job);
    return outcome;
  };
  return there;
}

async function perform({ deps }: World, jobId: string, done: Deed): Promise<void> {
  const key = { tenant: 'local', jobId };
  switch (done.kind) {
    case 'edit':
      await editJob(deps, { key, edit: done.edit, meetsPrecondition: () => true });
      return;
    case 'start':
      await startJob(deps, { key });
      return;
    case 'abort':
      await abortJob(deps, { key, by: 'me' });
      return;
    case 'reconcile':
      await reconcile(deps, { budgetEndsAt: deps.clock.now() + 1 });
      return;
    case 'register': {
      const strict = { parameters: sizedParameters, indexedMetadata: ['run'] };
      const { definition } = aService(done.strict ? strict : {});
      await registerService(deps, { ...version, definition });
      return;
    }
    case 'unregister':
      await deleteService(deps, version);
      return;
    case 'pass':
      await deps.clock.sleep(done.days * 86_400_000);
  }
}

test('a draft that receives any calls, concurrently or in sequence, is always valid, is started at most once, and ends', async () => {
  const run = async (rounds: readonly (readonly Deed[])[]) => {
    const there = await world();
    const { id } = await there.draft({ service: 'any' });
    for (const round of rounds) {
      const outcomes = await Promise.allSettled(round.map(async (done) => perform(there, id, done)));
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ProblemError);
    }
    const job = await there.stored(id);
    if (job === undefined) throw new Error('lost');
    if (!isUnstarted(job.status) && job.status !== 'aborted' && job.indexedMetadata?.includes('run') === true)
      expect(['number', 'undefined']).toContain(typeof job.metadata['run']);
    const firstStarts = there.deps.executions.starts.filter(({ start }) => start === 1);
    expect(firstStarts).toHaveLength(job.transitions.filter(({ status }) => status === 'pending').length);
    if (firstStarts.length > 0 && job.service !== undefined)
      expect((await there.deps.services.get({ tenant: 'local', ...job.service }))?.used).toBe(true);
    await there.deps.clock.sleep(draftLifetimeMs);
    await reconcile(there.deps, { budgetEndsAt: there.deps.clock.now() + 1 });
    const after = await there.stored(id);
    expect(after && isTerminal(after.status)).toBe(true);
    if (isUnstarted(job.status)) expect(after?.failure?.code).toBe('draft-expired');
  };
  const rounds = fc.array(fc.array(deed, { minLength: 1, maxLength: 3 }), { maxLength: 8 });
  await fc.assert(fc.asyncProperty(rounds, run), { numRuns: 150 });
});
