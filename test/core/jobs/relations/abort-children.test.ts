import { describe, expect, test } from 'vitest';
import { jobUrn } from '../../../../core/contract/names.ts';
import { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { transitionJob } from '../../../../core/jobs/model/transition-job.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { updateJob } from '../../../../core/jobs/records/update-job.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { countChildren } from '../../../../core/jobs/relations/count-children.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import {
  allJobs,
  begin,
  type Deps,
  dyingAnywhere,
  hasEnded,
  interrupted,
  keyOf,
  linkComingChild,
  relatedDeps,
  run,
  runReconciler,
  slugOf,
  stored,
  submit,
} from './related-jobs.ts';

function abort(deps: Deps, job: Job): Promise<Job> {
  return abortJob(deps, { key: keyOf(job), by: 'key-1', reason: 'no need' });
}

/** A running parent with sub-jobs in several states; one of them has a sub-job of its own. */
async function family() {
  const deps = await relatedDeps();
  const parent = await begin(deps, await submit(deps));
  const parentId = parent.id;
  const pending = await submit(deps, { parentId });
  const running = await begin(deps, await submit(deps, { parentId }));
  const done = await run(deps, await submit(deps, { parentId }));
  const draft = await submit(deps, { parentId, start: false });
  const elsewhere = await submit(deps);
  const waiting = await submit(deps, { parentId, dependsOn: [elsewhere.id] });
  const below = await submit(deps, { parentId: pending.id });
  return { deps, parent, pending, running, done, draft, waiting, below };
}

/** The final state of a family: the abort reached every job, and no job has a next check. */
async function expectAllAborted(deps: Deps, parent: Job): Promise<void> {
  const family = (await allJobs(deps)).filter(
    ({ id, parentId }) => id === parent.id || parentId !== undefined,
  );
  for (const job of family.filter(({ status }) => status !== 'succeeded')) {
    expect(job, `${job.id} below ${job.parentId}`).toMatchObject({ status: 'aborted' });
    expect(job).not.toHaveProperty('cascade');
    expect(job).not.toHaveProperty('nextCheckAt');
    const code = job.id === parent.id ? 'aborted' : 'aborted-by-parent';
    expect(job.failure?.code).toBe(code);
  }
}

/** A parent with five pages of sub-jobs, and ports by which one pass has time for one page; `pages` lists the pages read. */
async function manyChildren() {
  const deps = await relatedDeps();
  const parent = await submit(deps);
  const first = await submit(deps, { parentId: parent.id });
  for (let made = 1; made < 450; made += 1) await submit(deps, { parentId: parent.id });
  const pages: (string | undefined)[] = [];
  const list: typeof deps.links.list = async (query) => {
    pages.push(query.afterId);
    await deps.clock.sleep(5000);
    return deps.links.list(query);
  };
  return { deps, parent, first, pages, slow: { ...deps, links: { ...deps.links, list } } };
}

describe('a sub-job', () => {
  test('is registered with its parent, which reports the number of its sub-jobs and their states', async () => {
    const { deps, parent, pending, done } = await family();
    expect(await stored(deps, parent)).toMatchObject({ hasChildren: true });
    expect(await stored(deps, pending)).toMatchObject({ parentId: parent.id });
    expect(await countChildren(deps, await stored(deps, parent))).toEqual({
      total: 5,
      byStatus: { pending: 1, executing: 1, succeeded: 1, ready: 1, waiting: 1 },
    });
    expect(await countChildren(deps, done)).toBeUndefined();
  });

  test('is not changed when its parent ends by itself, and no sub-job can be created afterwards', async () => {
    for (const end of ['succeeded', 'failed'] as const) {
      const deps = await relatedDeps();
      const parent = await submit(deps);
      const child = await submit(deps, { parentId: parent.id });
      const version = (await stored(deps, child)).version;
      await run(deps, parent, end);
      await runReconciler(deps, 0);
      expect(await stored(deps, child)).toMatchObject({ status: 'pending', version });
      expect(await slugOf(submit(deps, { parentId: parent.id }))).toBe('parent-ended');
      expect(await allJobs(deps)).toHaveLength(2);
    }
  });

  test('is found by a repeated submission under its key although its parent has ended since', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    const child = await submit(deps, { parentId: parent.id }, 'child');
    await abort(deps, parent);
    expect((await submit(deps, { parentId: parent.id }, 'child')).id).toBe(child.id);
    expect(await slugOf(submit(deps, { parentId: parent.id }, 'another'))).toBe('parent-ended');
  });
});

describe('the abort of a parent', () => {
  test('reaches every sub-job immediately and at every depth, and does not change ended ones', async () => {
    const { deps, parent, running, done, below, pending } = await family();
    const result = await abort(deps, parent);
    expect(result).toMatchObject({ status: 'aborted', abort: { by: 'key-1', childrenAborted: 4 } });
    await expectAllAborted(deps, parent);
    expect(await stored(deps, done)).toMatchObject({ status: 'succeeded' });
    expect(await stored(deps, running)).toMatchObject({
      abort: { by: jobUrn(parent.id), stopped: 'fenced' },
    });
    expect(await stored(deps, below)).toMatchObject({ abort: { by: jobUrn(pending.id) } });
  });

  test('returns the same response when it is repeated', async () => {
    const { deps, parent } = await family();
    const first = await abort(deps, parent);
    expect(await abort(deps, parent)).toEqual(first);
  });

  test('is continued by the reconciler, wherever its process died', async () => {
    const calls = await dyingAnywhere(
      family,
      (deps, { parent }) => abort(deps, parent),
      async ({ deps, parent }, died) => {
        if (died && (await stored(deps, parent)).status !== 'aborted') await abort(deps, parent);
        await runReconciler(deps, 4);
        await expectAllAborted(deps, parent);
        expect((await stored(deps, parent)).abort?.childrenAborted).toBe(4);
      },
    );
    expect(calls).toBeGreaterThan(20);
  });

  test('is completed even if reconciliation passes die', async () => {
    await dyingAnywhere(
      async () => {
        const world = await family();
        const links = { ...world.deps.links, list: () => Promise.reject(new Error('away')) };
        await abort({ ...world.deps, links }, world.parent);
        return world;
      },
      (deps) => runReconciler(deps, 1),
      async ({ deps, parent }) => {
        await runReconciler(deps, 4);
        await expectAllAborted(deps, parent);
      },
    );
  });

  test('reaches a sub-job that is created at any time during the abort', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const parent = await submit(deps);
      await submit(deps, { parentId: parent.id });
      let outcome: string | undefined;
      const { deps: watched } = interrupted(deps, at, async () => {
        outcome = await slugOf(submit(deps, { parentId: parent.id }));
      });
      await abort(watched, parent);
      if (outcome === undefined) break;
      stories.add(outcome);
      await runReconciler(deps, 17);
      await expectAllAborted(deps, parent);
    }
    expect(stories).toEqual(new Set(['none', 'parent-ended']));
  });

  test('reaches a sub-job at any time during its creation', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const parent = await submit(deps);
      let aborted = false;
      const { deps: watched } = interrupted(deps, at, async () => {
        aborted = true;
        await abort(deps, parent);
      });
      const made = await submit(watched, { parentId: parent.id }).catch((error: unknown) => error);
      if (!aborted) break;
      stories.add(made instanceof ProblemError ? made.slug : (made as Job).status); // otherwise it is a job
      await runReconciler(deps, 17);
      await expectAllAborted(deps, parent);
    }
    // Between the check of the parent and the write of the record, its own submission aborts it and starts nothing.
    expect(stories).toEqual(new Set(['parent-ended', 'aborted', 'pending']));
  });

  test('reaches a sub-job whose submission died before it checked the parent again', async () => {
    let inserted = 0;
    await dyingAnywhere(
      async () => {
        const deps = await relatedDeps();
        return { deps, parent: await submit(deps) };
      },
      async (deps, { parent }) => {
        await submit(deps, { parentId: parent.id });
      },
      async ({ deps, parent }) => {
        inserted += (await allJobs(deps)).length - 1;
        await abort(deps, parent);
        await runReconciler(deps, 17);
        await expectAllAborted(deps, parent);
      },
    );
    expect(inserted).toBeGreaterThan(1);
  });

  test('waits for a link whose job may still be created, and no longer', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    await submit(deps, { parentId: parent.id });
    await linkComingChild(deps, parent);
    await abort(deps, parent);
    await runReconciler(deps, 14);
    expect(await stored(deps, parent)).toMatchObject({ cascade: { kind: 'abort-children' } });
    await runReconciler(deps, 2);
    await expectAllAborted(deps, parent);
  });

  test('continues with the other sub-jobs when the abort of one fails', async () => {
    const { deps, parent, pending } = await family();
    let isAway = true;
    const replace: typeof deps.jobs.replace = (job, version) =>
      isAway && job.id === pending.id
        ? Promise.reject(new Error('throttled'))
        : deps.jobs.replace(job, version);
    const faulty = { ...deps, jobs: { ...deps.jobs, replace } };
    expect(await abort(faulty, parent)).toMatchObject({
      status: 'aborted',
      abort: { childrenAborted: 3 },
      cascade: { kind: 'abort-children' },
    });
    isAway = false;
    await runReconciler(deps, 3);
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(4);
  });

  test('leaves the rest to the reconciler when its time is over', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < 250; made += 1) await submit(deps, { parentId: parent.id });
    const replace: typeof deps.jobs.replace = async (job, version) => {
      await deps.clock.sleep(100);
      return deps.jobs.replace(job, version);
    };
    await abort({ ...deps, jobs: { ...deps.jobs, replace } }, parent);
    const open = (await allJobs(deps)).filter((job) => !hasEnded(job));
    expect(open.length).toBeGreaterThan(100);
    await runReconciler(deps, 2);
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(250);
  });

  test('does not read sub-jobs that it has no time for, and reports the number aborted so far', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < 450; made += 1) await submit(deps, { parentId: parent.id });
    const slow = (milliseconds: number) => {
      const list: typeof deps.links.list = async (query) => {
        await deps.clock.sleep(milliseconds);
        return deps.links.list(query);
      };
      return { ...deps, links: { ...deps.links, list } };
    };
    const first = await abort(slow(2000), parent);
    expect(deps.clock.now()).toBeLessThan(someTime + 7000);
    expect(first.abort?.childrenAborted).toBe(200);
    await deps.clock.sleep(60_000);
    await reconcile(slow(9000), { budgetEndsAt: deps.clock.now() + 45_000 });
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(300);
    await runReconciler(deps, 2);
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(450);
  });

  test('reaches the last sub-job however few of them one pass has time for, and reads none twice', async () => {
    const { deps, parent, slow, pages } = await manyChildren();
    await abort(slow, parent);
    for (let minute = 0; minute < 7; minute += 1) await runReconciler(slow, 1);
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(450);
    // Each pass has read one page more than it had time for.
    expect(pages.length).toBeLessThan(12);
  });

  test('continues after a sub-job that cannot be aborted, returns to it, and never reports fewer', async () => {
    const { deps, parent, slow, first } = await manyChildren();
    let isAway = true;
    const replace: typeof deps.jobs.replace = (job, version, before) =>
      isAway && job.id === first.id
        ? Promise.reject(new Error('throttled'))
        : deps.jobs.replace(job, version, before);
    const faulty = { ...slow, jobs: { ...deps.jobs, replace } };
    await abort(faulty, parent);
    await runReconciler(faulty, 7);
    expect((await allJobs(deps)).filter((job) => !hasEnded(job))).toMatchObject([{ id: first.id }]);
    expect(await stored(deps, parent)).toMatchObject({ cascade: { kind: 'abort-children' } });
    isAway = false;
    for (let minute = 0; minute < 14; minute += 1) {
      await runReconciler(slow, 1);
      expect((await stored(deps, parent)).abort?.childrenAborted).toBeGreaterThan(448);
    }
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(450);
  });

  test('loses only time when a pass dies before it could store its progress', async () => {
    const { deps, parent, slow, pages } = await manyChildren();
    await abort(slow, parent);
    let passes = 0;
    const replace: typeof deps.jobs.replace = (job, version, before) => {
      const notes = job.cascade?.position?.afterId !== before?.cascade?.position?.afterId;
      if (notes) passes += 1;
      return notes && passes % 2 === 1
        ? Promise.reject(new Error('died'))
        : deps.jobs.replace(job, version, before);
    };
    await runReconciler({ ...slow, jobs: { ...deps.jobs, replace } }, 12);
    expect(passes).toBeGreaterThan(5);
    expect(pages.length).toBeGreaterThan(12);
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(450);
  });

  test('is continued by one of two concurrent passes, and is completed', async () => {
    const { deps, parent, slow } = await manyChildren();
    await abort(slow, parent);
    for (let minute = 0; minute < 12; minute += 1)
      await Promise.all([runReconciler(slow, 1), runReconciler(slow, 1)]);
    await expectAllAborted(deps, parent);
    expect((await stored(deps, parent)).abort?.childrenAborted).toBe(450);
  });

  test('does not delay another job for a whole pass', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < 450; made += 1) await submit(deps, { parentId: parent.id });
    const list: typeof deps.links.list = async (query) => {
      await deps.clock.sleep(6000);
      return deps.links.list(query);
    };
    const slow = { ...deps, links: { ...deps.links, list } };
    await abort(slow, parent);
    await deps.clock.sleep(60_000);
    const began = deps.clock.now();
    await reconcile(slow, { budgetEndsAt: began + 45_000 });
    expect(deps.clock.now() - began).toBeLessThan(20_000);
  });

  test('continues below an expired draft', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps, { start: false });
    const child = await submit(deps, { parentId: parent.id });
    await updateJob(deps.jobs, keyOf(parent), (found) => {
      if (found === undefined) throw new Error('gone');
      const failure = { code: 'draft-expired', detail: '', retryable: false, attempt: 0 } as const;
      return {
        next: transitionJob(found, 'aborted', { now: deps.clock.now(), change: { failure } }),
        result: undefined,
      };
    });
    await runReconciler(deps, 2);
    expect(await stored(deps, child)).toMatchObject({ failure: { code: 'aborted-by-parent' } });
    expect(await stored(deps, parent)).not.toHaveProperty('cascade');
  });

  test('adds no cost to a job without sub-jobs', async () => {
    const deps = await relatedDeps();
    const job = await submit(deps);
    const links = { ...deps.links, list: () => Promise.reject(new Error('asked')) };
    const aborted = await abort({ ...deps, links }, job);
    expect(aborted).toMatchObject({ status: 'aborted', version: 2 });
    expect(aborted).not.toHaveProperty('nextCheckAt');
  });
});
