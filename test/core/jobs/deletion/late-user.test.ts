import { describe, expect, test } from 'vitest';
import { contentKey, type DataObject } from '../../../../core/data/model/data-object.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { interruptedProcess } from '../../../support/memory/interrupted-process.ts';
import { keyOf, runReconciler } from '../relations/related-jobs.ts';
import { addJob, dataGraph } from './data-graph.ts';

const userIndex = 1000;

const ports = ['jobs', 'links', 'objects', 'data', 'contents'] as const;

/** A job with an output, and the deletion of both, in which another job starts to use the output before one of the calls. */
async function lateUser(at: number) {
  const { deps, jobs, data } = await dataGraph({
    uploads: 0,
    nodes: [{ parent: undefined, inputs: [], outputs: 1 }],
  });
  const [writer, output] = [jobs[0] as Job, data[0] as DataObject]; // the plan has one of each
  const remove = (job: Job, ports = deps) =>
    deleteJob(ports, {
      ...{ key: keyOf(job), by: 'tester', withChildren: false, withOutputs: true },
      ...{ dryRun: false, meetsPrecondition: () => true },
    }).then(
      ({ kind }) => kind,
      (error) => error.slug ?? String(error),
    );
  const state = { isReached: false, givesUp: true };
  const use = { tenant: 'local', kind: 'use', anchorId: output.id } as const;
  const link = { ...use, jobId: jobIdAt(someTime + userIndex), madeAt: deps.clock.now() };
  /** A submission writes its link, and then reads the object. */
  const act = async () => {
    state.isReached = true;
    await deps.links.add(link, 'try-1');
    const current = await deps.data.get({ tenant: 'local', dataId: output.id });
    state.givesUp = current === undefined || current.deletion !== undefined;
  };
  const { deps: interfered } = interruptedProcess(deps, ports, { beforeCall: at, act });
  const outcome = await remove(writer, interfered);
  const isThere = async () => (await deps.data.get({ tenant: 'local', dataId: output.id })) !== undefined;
  const store = () => addJob(deps, { index: userIndex, inputs: [output], hasOutputs: false });
  return { deps, writer, output, link, state, outcome, remove, isThere, store };
}

type Outcome = Awaited<ReturnType<typeof lateUser>>;

/** Checks the outcome once for each call of the deletion. */
async function atEveryCall(check: (late: Outcome) => Promise<void>): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (let at = 1; ; at += 1) {
    const late = await lateUser(at);
    if (!late.state.isReached) return outcomes;
    outcomes.push(late.outcome);
    await check(late);
  }
}

describe('an output whose job is deleted while another job is being created with it', () => {
  test('is deleted if that job is never created', async () => {
    const outcomes = await atEveryCall(async ({ deps, writer, outcome, isThere, remove }) => {
      await runReconciler(deps, 20);
      // Before the acceptance, the deletion is refused.
      if (outcome === 'job-has-dependents') expect(await remove(writer)).toBe('deleted');
      expect([await isThere(), deps.contents.keys()]).toEqual([false, []]);
      expect(await deps.jobs.get(keyOf(writer))).toBeUndefined();
    });
    expect(outcomes).toContain('deleting');
    expect(outcomes).toContain('job-has-dependents');
  });

  test('is deleted as soon as that job was given up', async () => {
    const outcomes = await atEveryCall(async ({ deps, writer, link, outcome, isThere }) => {
      if (outcome !== 'deleting') return;
      await runReconciler(deps, 5);
      expect(await deps.jobs.get(keyOf(writer))).toBeDefined();
      await deps.links.abandon(link, 'try-1');
      await runReconciler(deps, 2);
      expect([await isThere(), deps.contents.keys()]).toEqual([false, []]);
    });
    expect(outcomes).toContain('deleting');
  });

  test('is kept for that job, and deleted with it', async () => {
    let kept = 0;
    await atEveryCall(async ({ deps, writer, output, outcome, state, isThere, remove, store }) => {
      if (state.givesUp || outcome !== 'deleting') return;
      kept += 1;
      await runReconciler(deps, 5);
      const user = await store();
      await runReconciler(deps, 5);
      expect(await deps.jobs.get(keyOf(writer))).toBeUndefined();
      expect([await isThere(), deps.contents.keys()]).toEqual([true, [contentKey(output)]]);
      expect(await remove(user)).toBe('deleted');
      expect([await isThere(), deps.contents.keys()]).toEqual([false, []]);
    });
    expect(kept).toBeGreaterThan(0);
  });
});
