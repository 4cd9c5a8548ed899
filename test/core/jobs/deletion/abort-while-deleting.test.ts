import { describe, expect, test } from 'vitest';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import {
  allJobs,
  type Deps,
  interrupted,
  keyOf,
  relatedDeps,
  run,
  runReconciler,
  slugOf,
  stored,
  submit,
} from '../relations/related-jobs.ts';

const large = { text: 'x'.repeat(5000) };

/** A draft with a sub-job that has ended, both with objects of their own. */
async function draftFamily() {
  const deps = await relatedDeps();
  const parent = await submit(deps, { parameters: large, start: false });
  const child = await run(deps, await submit(deps, { parameters: large, parentId: parent.id }));
  return { deps, parent, child };
}

const remove = (deps: Deps, job: { readonly tenant: string; readonly id: string }) =>
  deleteJob(deps, {
    key: keyOf(job),
    by: 'key-2',
    withChildren: true,
    dryRun: false,
    meetsPrecondition: () => true,
  });

describe('a draft that is aborted during its deletion', () => {
  test('is deleted anyway, whenever the abort happens', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const { deps, parent } = await draftFamily();
      let refusal: string | undefined;
      const { deps: watched } = interrupted(deps, at, async () => {
        refusal = await slugOf(abortJob(deps, { key: keyOf(parent), by: 'key-1' }));
      });
      const deleted = await slugOf(remove(watched, parent));
      if (refusal === undefined) break;
      await runReconciler(deps, 20);
      const left = await allJobs(deps);
      stories.add(`${refusal} / ${deleted}: ${left.length} left`);
    }
    const refused = ['illegal-transition / none: 0 left', 'job-deleted / none: 0 left'];
    expect([...stories].sort()).toEqual([...refused, 'none / none: 0 left']);
  });

  test('is deleted by the reconciler when the process of the deletion died', async () => {
    const { deps, parent } = await draftFamily();
    const removeAll = async () => Promise.reject(new Error('died'));
    const dying = { ...deps, objects: { ...deps.objects, removeAll } };
    await expect(remove(dying, parent)).rejects.toThrow('died');
    await expect(abortJob(deps, { key: keyOf(parent), by: 'key-1' })).rejects.toMatchObject({
      slug: 'illegal-transition',
    });
    expect(await stored(deps, parent)).toMatchObject({ status: 'ready', cascade: { kind: 'delete' } });
    await runReconciler(deps, 20);
    expect(await allJobs(deps)).toEqual([]);
  });
});

test('a sub-job that is being deleted delays the abort of its parent until it is deleted', async () => {
  const deps = await relatedDeps();
  const parent = await submit(deps, { start: false });
  const child = await submit(deps, { parentId: parent.id, start: false });
  const removeAll = async () => Promise.reject(new Error('died'));
  await expect(remove({ ...deps, objects: { ...deps.objects, removeAll } }, child)).rejects.toThrow('died');
  await abortJob(deps, { key: keyOf(parent), by: 'key-1' });
  expect(await stored(deps, parent)).toMatchObject({
    status: 'aborted',
    cascade: { kind: 'abort-children' },
  });
  await runReconciler(deps, 20);
  expect(await deps.jobs.get(keyOf(child))).toBeUndefined();
  expect(await stored(deps, parent)).not.toHaveProperty('cascade');
});
