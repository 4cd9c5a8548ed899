import { describe, expect, test } from 'vitest';
import { type DeleteJobInput, deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { continueCascade } from '../../../../core/jobs/reconciler/continue-cascade.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import {
  allJobs,
  type Deps,
  dyingAnywhere,
  interrupted,
  keyOf,
  relatedDeps,
  run,
  runReconciler,
  stored,
  submit,
} from '../relations/related-jobs.ts';

/** The result of a deletion with sub-jobs, or the slug of its refusal. */
function remove(deps: Deps, job: Job, given: Partial<DeleteJobInput> = {}): Promise<string> {
  const request = { by: 'key-2', withChildren: true, dryRun: false, meetsPrecondition: () => true, ...given };
  return deleteJob(deps, { key: keyOf(job), ...request }).then(
    ({ kind }) => kind,
    (error) => error.slug ?? String(error),
  );
}

/** A draft with an ended sub-job and a newer sub-job that is a draft. */
async function draftFamily() {
  const deps = await relatedDeps();
  const parent = await submit(deps, { start: false });
  const ended = await run(deps, await submit(deps, { parentId: parent.id }));
  await deps.clock.sleep(1000);
  const draft = await submit(deps, { parentId: parent.id, start: false });
  return { deps, parent, ended, draft };
}

type Family = Awaited<ReturnType<typeof draftFamily>>;

/** The results of a deletion with an obstacle that appears during it, before each of its calls. */
async function meet(act: (family: Family) => Promise<unknown>): Promise<ReadonlySet<string>> {
  const stories = new Set<string>();
  for (let at = 1; ; at += 1) {
    const family = await draftFamily();
    const { deps, parent, ended, draft } = family;
    let done: string | undefined;
    const { deps: watched } = interrupted(deps, at, async () => {
      done = await act(family).then(
        () => 'done',
        (error) => error.slug ?? String(error),
      );
    });
    const result = await remove(watched, parent);
    if (done === undefined) return stories;
    if (result !== 'deleted' && result !== 'deleting') {
      for (const job of [parent, ended, draft]) expect(await stored(deps, job)).not.toHaveProperty('cascade');
    }
    for (const { id, status } of await allJobs(deps))
      if (id === draft.id && status === 'pending') await run(deps, draft);
    await runReconciler(deps, 20);
    const left = (await allJobs(deps)).filter(({ id }) => [parent.id, ended.id, draft.id].includes(id));
    stories.add(`${done}, ${result}: ${left.length} left`);
  }
}

/** Adds a running sub-job to a job, as if it had been created before the job was marked. */
async function standInTheWay(deps: Deps, job: Job): Promise<void> {
  const found = await deps.jobs.get(keyOf(job));
  if (found === undefined) return;
  const late = aJob({ id: jobIdAt(someTime + 5), nextCheckAt: someTime + 1e9 });
  await deps.links.add({
    tenant: 'local',
    kind: 'child',
    anchorId: job.id,
    jobId: late.id,
    madeAt: someTime,
  });
  await deps.jobs.insert(late);
  await deps.jobs.replace({ ...found, hasChildren: true, version: found.version + 1 }, found.version);
}

describe('the deletion of a job with its sub-jobs', () => {
  test('is refused without a change, or completed, when a sub-job is started meanwhile', async () => {
    const stories = await meet(({ deps, draft }) => startJob(deps, { key: keyOf(draft) }));
    expect([...stories].sort()).toEqual([
      'done, deleting: 0 left',
      'done, job-running: 3 left',
      'illegal-transition, deleted: 0 left',
      'job-deleted, deleted: 0 left',
    ]);
  });

  test('is refused without a change, or completed, when a sub-job becomes a dependency meanwhile', async () => {
    const stories = await meet(({ deps, draft }) => submit(deps, { dependsOn: [draft.id] }));
    expect([...stories].sort()).toEqual([
      'done, deleted: 0 left',
      'done, job-has-dependents: 3 left',
      'unknown-job, deleted: 0 left',
    ]);
  });

  test('is accepted for all callers as soon as it was accepted for one of them', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const { deps, parent, draft } = await draftFamily();
      let other: string | undefined;
      const { deps: watched } = interrupted(deps, at, async () => {
        other = await remove(
          { ...deps, jobs: { ...deps.jobs, replaceWithTombstone: async () => 'conflict' } },
          parent,
        );
        await standInTheWay(deps, draft);
      });
      const own = await remove(watched, parent);
      if (other === undefined) break;
      stories.add(`${other} and ${own}`);
    }
    expect([...stories].sort()).toEqual([
      'deleting and deleted',
      'deleting and deleting',
      'job-deleted and deleted',
    ]);
  });

  test('leaves no mark, wherever its caller died, when an obstacle appeared', async () => {
    const calls = await dyingAnywhere(
      draftFamily,
      async (deps, { deps: whole, parent, draft }) => {
        let isMarked = false;
        const replace: Deps['jobs']['replace'] = async (job, version) => {
          const result = await deps.jobs.replace(job, version);
          // Only the second check can find it.
          if (!isMarked) await standInTheWay(whole, draft);
          isMarked = true;
          return result;
        };
        await remove({ ...deps, jobs: { ...deps.jobs, replace } }, parent);
      },
      async ({ deps, parent, ended, draft }) => {
        await runReconciler(deps, 10);
        for (const job of [parent, ended, draft])
          expect(await stored(deps, job)).not.toHaveProperty('cascade');
      },
    );
    expect(calls).toBeGreaterThan(5);
  });
});

describe('planning a deletion', () => {
  /** A parent whose sub-jobs can all have dependents, so that each must be checked. */
  async function wideFamily(count: number) {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < count; made += 1) {
      const child = await submit(deps, { parentId: parent.id, start: false });
      const { version } = child;
      await deps.jobs.replace({ ...child, hasDependents: true, version: version + 1 }, version);
    }
    await run(deps, parent);
    return { deps, parent };
  }

  test('checks ten jobs at a time', async () => {
    const { deps, parent } = await wideFamily(95);
    let [open, most, calls] = [0, 0, 0];
    const list: typeof deps.links.list = async (query) => {
      calls += 1;
      open += 1;
      most = Math.max(most, open);
      await new Promise(setImmediate);
      open -= 1;
      return deps.links.list(query);
    };
    expect(await remove({ ...deps, links: { ...deps.links, list } }, parent, { dryRun: true })).toBe('plan');
    expect([most, calls]).toEqual([10, 96]);
  });

  test('never deletes sub-jobs without permission, however long it takes to find them', async () => {
    const { deps, parent } = await wideFamily(3);
    await submit(deps, { dependsOn: [parent.id], start: false });
    const list: typeof deps.links.list = async (query) => {
      await deps.clock.sleep(6000);
      return deps.links.list(query);
    };
    const slow = { ...deps, links: { ...deps.links, list } };
    const before = (await allJobs(deps)).map(({ id }) => id);
    expect(await remove(slow, parent, { withChildren: false })).toBe('job-has-dependents');
    await runReconciler(deps, 2);
    expect((await allJobs(deps)).map(({ id }) => id)).toEqual(before);
  });

  test('is not started again by the reconciler when it was refused while the reconciler continued it', async () => {
    for (let at = 1; ; at += 1) {
      const { deps, parent, draft } = await draftFamily();
      const needy = await submit(deps, { dependsOn: [draft.id] });
      const marked = {
        ...(await stored(deps, parent)),
        cascade: { kind: 'delete', by: 'key-2', requestedAt: deps.clock.now(), withChildren: true },
      } as const;
      const { version } = marked;
      const started = { ...marked, version: version + 1 };
      await deps.jobs.replace(started, version);
      let result: string | undefined;
      const { deps: watched } = interrupted(deps, at, async () => {
        result = await remove(deps, parent);
        await abortJob(deps, { key: keyOf(needy), by: 'me' });
      });
      await continueCascade(watched, started, deps.clock.now() + 45_000);
      if (result === undefined) return expect(at).toBeGreaterThan(5);
      expect(result).toBe('job-has-dependents');
      expect(await stored(deps, parent)).not.toHaveProperty('cascade');
      await runReconciler(deps, 2);
      expect((await allJobs(deps)).map(({ id }) => id)).toContain(draft.id);
    }
  });

  test('stops after five seconds, reports that, and lets the deletion continue', async () => {
    const { deps, parent } = await wideFamily(300);
    const list: typeof deps.links.list = async (query) => {
      await deps.clock.sleep(250);
      return deps.links.list(query);
    };
    const slow = { ...deps, links: { ...deps.links, list } };
    const began = deps.clock.now();
    const request = { key: keyOf(parent), by: 'key-2', withChildren: true, meetsPrecondition: () => true };
    const result = await deleteJob(slow, { ...request, dryRun: true });
    expect(result).toMatchObject({ kind: 'plan', plan: { complete: false } });
    expect(deps.clock.now() - began).toBeLessThan(7000);
    expect(await remove(slow, parent)).toBe('deleting');
    // The function that serves the request has 29 s.
    expect(deps.clock.now() - began).toBeLessThan(20_000);
    await runReconciler(deps, 2);
    expect(await allJobs(deps)).toEqual([]);
  });
});
