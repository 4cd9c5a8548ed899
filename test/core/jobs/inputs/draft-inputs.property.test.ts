import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnstarted } from '../../../../core/contract/job-state.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import type { DataObject } from '../../../../core/data/model/data-object.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { distinctIds, idsOf } from '../../../../core/jobs/records/job-inputs.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { validateSubmission } from '../../../../core/jobs/submission/validate-submission.ts';
import { type InputWorld, inputWorld, keyOf } from './input-world.ts';

/** A call about the inputs of a draft or about one of three data objects, the last of which is being uploaded. */
type Deed =
  | { readonly kind: 'edit'; readonly slot: string; readonly data: readonly number[] | null }
  | { readonly kind: 'remove'; readonly data: number }
  | { readonly kind: 'complete' | 'start' };

const object = fc.constantFrom(0, 1, 2);
const edit = fc.record({
  kind: fc.constant('edit' as const),
  slot: fc.constantFrom('table', 'table', 'extras', 'unknown'),
  data: fc.oneof({ weight: 5, arbitrary: fc.array(object, { maxLength: 2 }) }, fc.constant(null)),
});
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: edit },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), data: object }) },
  { weight: 2, arbitrary: fc.constantFrom({ kind: 'complete' as const }, { kind: 'start' as const }) },
);

async function perform(world: InputWorld, draft: Job, objects: readonly DataObject[], done: Deed) {
  const at = (index: number) => objects[index]?.id ?? '';
  if (done.kind === 'edit') return world.edit(draft, { [done.slot]: done.data?.map(at) ?? null });
  if (done.kind === 'start') return startJob(world.deps, { key: keyOf(draft) });
  const target = objects[done.kind === 'remove' ? done.data : 2];
  if (target === undefined) throw new Error('There are three data objects');
  return done.kind === 'remove' ? world.remove(target) : world.complete(target);
}

/** A draft is ready if and only if its content would be accepted as a submission, and all used objects exist. */
async function checkDraft(world: InputWorld, draft: Job): Promise<void> {
  const job = await world.stored(draft);
  if (job === undefined) throw new Error('The draft is missing');
  const ids = idsOf(await world.inputsOf(job));
  const read = await world.deps.data.getMany('local', distinctIds(ids));
  if (!isUnstarted(job.status)) {
    expect(read.map(({ status }) => status)).toEqual(distinctIds(ids).map(() => 'available'));
    return;
  }
  const inputs = Object.fromEntries(Object.entries(ids).map(([slot, list]) => [slot, [...list]]));
  const submission = { service: 'profile', inputs };
  const isAccepted = await validateSubmission(world.deps, { tenant: 'local', submission }).then(
    () => true,
    () => false,
  );
  const started = await startJob(world.deps, { key: keyOf(job) }).then(
    () => true,
    () => false,
  );
  expect(started).toBe(isAccepted);
}

test('a draft whose inputs and data objects change, concurrently or in sequence, can be started if and only if its content is valid', async () => {
  const run = async (rounds: readonly (readonly Deed[])[]) => {
    const world = await inputWorld();
    const objects = [await world.uploaded(), await world.uploaded(), await world.uploading()];
    const draft = await world.submit({ start: false });
    for (const round of rounds) {
      const outcomes = await Promise.allSettled(round.map((done) => perform(world, draft, objects, done)));
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ProblemError);
    }
    await checkDraft(world, draft);
  };
  const rounds = fc.array(fc.array(deed, { minLength: 1, maxLength: 3 }), { maxLength: 6 });
  await fc.assert(fc.asyncProperty(rounds, run), { numRuns: 200 });
});
