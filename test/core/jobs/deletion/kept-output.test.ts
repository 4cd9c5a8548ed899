import { expect, test } from 'vitest';
import { contentKey, type DataObject } from '../../../../core/data/model/data-object.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { reconcileData } from '../../../../core/jobs/reconciler/reconcile-data.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { submitJob } from '../../../../core/jobs/submission/submit-job.ts';
import { interruptedProcess } from '../../../support/memory/interrupted-process.ts';
import { keyOf, runReconciler } from '../relations/related-jobs.ts';
import { dataGraph } from './data-graph.ts';

const dayMs = 86_400_000;

const ports = ['jobs', 'links', 'objects', 'data', 'contents'] as const;

/** The deletion of a job with its output, in which a draft starts to use the output before one of the calls. */
async function lateDraft(at: number) {
  const { deps, jobs, data } = await dataGraph({
    uploads: 0,
    nodes: [{ parent: undefined, inputs: [], outputs: 1 }],
  });
  const [writer, output] = [jobs[0] as Job, data[0] as DataObject]; // the plan has one of each
  const { job: draft } = await submitJob(deps, {
    tenant: 'local',
    owner: 'tester',
    submission: { start: false },
  });
  const edit = (inputs: Record<string, string[]> | null) =>
    editJob(deps, { key: keyOf(draft), edit: { inputs }, meetsPrecondition: () => true });
  let isReached = false;
  const act = async () => {
    isReached = true;
    await edit({ in: [output.id] });
  };
  const { deps: interrupted } = interruptedProcess(deps, ports, { beforeCall: at, act });
  await deleteJob(interrupted, {
    ...{ key: keyOf(writer), by: 'tester', withChildren: false, withOutputs: true },
    ...{ dryRun: false, meetsPrecondition: () => true },
  }).catch((error) => expect(error.slug).toBe('job-has-dependents'));
  await runReconciler(deps, 20);
  const days = async (count: number) => {
    for (let day = 0; day < count; day += 1) {
      await deps.clock.sleep(dayMs);
      await reconcileData(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
    }
  };
  const exists = async () => ({
    writer: (await deps.jobs.get(keyOf(writer))) !== undefined,
    output: (await deps.data.get({ tenant: 'local', dataId: output.id })) !== undefined,
    content: deps.contents.keys().includes(contentKey(output)),
  });
  return { isReached, edit, days, exists };
}

test('an output that outlives its job is kept while a draft uses it, and deleted after the draft has dropped it', async () => {
  let kept = 0;
  for (let at = 1; ; at += 1) {
    const { isReached, edit, days, exists } = await lateDraft(at);
    if (!isReached) break;
    const { writer, output } = await exists();
    await days(3);
    expect([at, await exists()]).toEqual([at, { writer, output, content: output }]);
    if (output && !writer) kept += 1;
    await edit(null);
    await days(2);
    expect([at, await exists()]).toEqual([at, { writer, output: writer, content: writer }]);
  }
  expect(kept).toBeGreaterThan(0);
});
