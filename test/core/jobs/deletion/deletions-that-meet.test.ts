import { expect, test } from 'vitest';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import {
  allJobs,
  type Deps,
  interrupted,
  keyOf,
  relatedDeps,
  run,
  runReconciler,
  submit,
} from '../relations/related-jobs.ts';

const large = { text: 'x'.repeat(5000) };

/** The response to a caller that deletes a job. */
function remove(deps: Deps, job: Job, withChildren: boolean): Promise<string> {
  const request = {
    key: keyOf(job),
    by: 'key-1',
    withChildren,
    dryRun: false,
    meetsPrecondition: () => true,
  };
  return deleteJob(deps, request).then(
    ({ kind }) => kind,
    (error) => error.slug ?? String(error),
  );
}

/** Deletes so slowly that the call returns before the deletion is complete. */
function slowly(deps: Deps): Deps {
  const removeAll: Deps['objects']['removeAll'] = async (prefix) => {
    await deps.clock.sleep(6000);
    return deps.objects.removeAll(prefix);
  };
  return { ...deps, objects: { ...deps.objects, removeAll } };
}

test('a deletion with sub-jobs that returned 202 is completed, whatever a deletion without them finds meanwhile', async () => {
  const stories: string[] = [];
  for (let at = 1; ; at += 1) {
    const deps = await relatedDeps();
    const parent = await submit(deps, { start: false });
    let outcome: string | undefined;
    // The deletion without sub-jobs was planned when there were none.
    const { deps: planned } = interrupted(deps, 2, async () => {
      for (let n = 0; n < 2; n += 1)
        await run(deps, await submit(deps, { parentId: parent.id, parameters: large }));
    });
    const { deps: meeting } = interrupted(planned, at, async () => {
      outcome = await remove(slowly(deps), parent, true);
    });
    await remove(meeting, parent, false);
    if (outcome === undefined) break;
    await runReconciler(deps, 20);
    stories.push(`${outcome}: ${(await allJobs(deps)).length} left`);
  }
  expect(stories.length).toBeGreaterThan(5);
  expect(stories).toContain('deleting: 0 left');
  expect(stories.filter((story) => story.startsWith('deleting') && !story.endsWith(' 0 left'))).toEqual([]);
});
