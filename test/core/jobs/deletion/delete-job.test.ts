import { describe, expect, test } from 'vitest';
import type { Submission } from '../../../../core/contract/schemas/submission-schemas.ts';
import { getEvents } from '../../../../core/events/get-events.ts';
import { type DeleteJobInput, deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { getJob } from '../../../../core/jobs/queries/get-job.ts';
import { getRequest } from '../../../../core/jobs/queries/get-request.ts';
import { getResult } from '../../../../core/jobs/queries/get-result.ts';
import { listChildren } from '../../../../core/jobs/queries/list-children.ts';
import { representJob } from '../../../../core/jobs/queries/represent-job.ts';
import { updateJob } from '../../../../core/jobs/records/update-job.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { rerunJob } from '../../../../core/jobs/submission/rerun-job.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import {
  allJobs,
  type Deps,
  dyingAnywhere,
  interrupted,
  keyOf,
  linkComingChild,
  relatedDeps,
  run,
  runReconciler,
  slugOf,
  stored,
  submit,
} from '../relations/related-jobs.ts';

function remove(deps: Deps, job: Job, input: Partial<DeleteJobInput> = {}) {
  const rest = { withChildren: false, dryRun: false, meetsPrecondition: () => true, ...input };
  return deleteJob(deps, { key: keyOf(job), by: 'key-2', ...rest });
}

const large = { text: 'x'.repeat(5000) };

/** An ended job with an ended sub-job that has one too, all with objects of their own. */
async function family() {
  const deps = await relatedDeps();
  const parent = await submit(deps, { parameters: large });
  const child = await submit(deps, { parentId: parent.id, parameters: large });
  const below = await submit(deps, { parentId: child.id, parameters: large });
  for (const job of [parent, child, below]) await run(deps, job);
  return { deps, parent, child, below };
}

async function linksOf(deps: Deps, of: string) {
  const kinds = ['child', 'dependent'] as const;
  const pages = kinds.map((kind) => deps.links.list({ tenant: 'local', kind, anchorId: of, limit: 100 }));
  return (await Promise.all(pages)).flatMap(({ links }) => links);
}

describe('the deletion of a job', () => {
  test('leaves a tombstone, its events, and nothing else', async () => {
    const deps = await relatedDeps();
    const job = await run(deps, await submit(deps, { parameters: large, name: 'mine' }));
    expect(deps.objects.keys()).toHaveLength(1);
    await deps.clock.sleep(60_000);
    expect(await remove(deps, job)).toEqual({ kind: 'deleted' });
    expect(await allJobs(deps)).toEqual([]);
    expect(deps.objects.keys()).toEqual([]);
    expect(await deps.jobs.listDue(deps.clock.now() + 1e9, 10)).toEqual([]);
    await expect(getJob(deps, keyOf(job))).rejects.toMatchObject({
      slug: 'job-deleted',
      extension: { deletedAt: new Date(deps.clock.now()).toISOString(), by: 'key-2' },
    });
    const { events } = await getEvents(deps, { key: keyOf(job), baseUrl: 'https://api.test', limit: 10 });
    expect(events.map(({ type }) => type)).toEqual([
      'errand.job.pending',
      'errand.job.executing',
      'errand.job.succeeded',
      'errand.job.deleted',
    ]);
    expect(events.at(-1)).toMatchObject({
      id: `${job.id}/4`,
      sequence: '0000000004',
      data: { name: 'mine', status: 'succeeded' },
    });
  });

  test('keeps its last events, which are returned page by page', async () => {
    const deps = await relatedDeps();
    const job = await run(deps, await submit(deps));
    await remove(deps, job);
    const input = { key: keyOf(job), baseUrl: 'https://api.test', limit: 3 };
    const first = await getEvents(deps, input);
    const cursor = first.nextCursor ?? '';
    const second = await getEvents(deps, { ...input, cursor });
    expect([first.events.length, second.events.length]).toEqual([3, 1]);
    expect(second.nextCursor).toBeUndefined();
  });

  test('is refused the second time, and no job can be created under its key any more', async () => {
    const deps = await relatedDeps();
    const job = await run(deps, await submit(deps, {}, 'key'));
    await remove(deps, job);
    expect(await slugOf(remove(deps, job))).toBe('job-deleted');
    expect(await slugOf(submit(deps, {}, 'key'))).toBe('job-deleted');
    expect(await slugOf(abortJob(deps, { key: keyOf(job), by: 'x' }))).toBe('job-deleted');
    expect(await slugOf(startJob(deps, { key: keyOf(job) }))).toBe('job-deleted');
    expect(await slugOf(submit(deps, { parentId: job.id }))).toBe('unknown-job');
    expect(await allJobs(deps)).toEqual([]);
  });

  test('accepts a draft, and refuses a running job', async () => {
    const deps = await relatedDeps();
    const draft = await submit(deps, { start: false });
    expect(await remove(deps, draft)).toEqual({ kind: 'deleted' });
    const needed = await submit(deps);
    const waiting = await submit(deps, { dependsOn: [needed.id] });
    for (const job of [needed, waiting]) expect(await slugOf(remove(deps, job))).toBe('job-running');
    expect(await allJobs(deps)).toHaveLength(2);
  });

  test('of a job that never existed returns not found', async () => {
    const deps = await relatedDeps();
    const job = await submit(deps);
    expect(await slugOf(remove(deps, { ...job, id: jobIdAt(1) }))).toBe('not-found');
    expect(await slugOf(remove(deps, { ...job, tenant: 'other' }))).toBe('not-found');
  });

  test('is refused when the job does not meet the precondition of the caller, at whatever time it changes', async () => {
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const job = await run(deps, await submit(deps));
      let changed = false;
      const { deps: watched } = interrupted(deps, at, async () => {
        changed = true;
        const now = await deps.jobs.get(keyOf(job));
        if (now?.version === job.version)
          await deps.jobs.replace(withWrite(now, 0, { name: 'new' }), now.version);
      });
      const outcome = await slugOf(
        remove(watched, job, { meetsPrecondition: ({ name }) => name === 'echo' }),
      );
      if (!changed) break;
      const left = await deps.jobs.get(keyOf(job));
      expect([outcome, left === undefined]).toBeOneOf([
        ['precondition-failed', false],
        ['none', true],
      ]);
    }
  });

  test('is refused while a job depends on it, and otherwise accepted', async () => {
    const deps = await relatedDeps();
    const [one, other] = [await run(deps, await submit(deps)), await submit(deps)];
    const waiting = await submit(deps, { dependsOn: [one.id, other.id] });
    await expect(remove(deps, one)).rejects.toMatchObject({
      slug: 'job-has-dependents',
      extension: { jobIds: [waiting.id] },
    });
    await abortJob(deps, { key: keyOf(waiting), by: 'key-1' });
    expect(await remove(deps, one)).toEqual({ kind: 'deleted' });
    expect(await linksOf(deps, one.id)).toEqual([]);
  });

  test('fails a dependent draft when that is started', async () => {
    const deps = await relatedDeps();
    const needed = await run(deps, await submit(deps));
    const draft = await submit(deps, { dependsOn: [needed.id], start: false });
    await remove(deps, needed);
    const { job } = await startJob(deps, { key: keyOf(draft) });
    expect(job).toMatchObject({ status: 'error', failure: { code: 'dependency-failed' } });
    expect(job.failure?.detail).toContain('was deleted');
  });
});

test('the record of a job whose deletion stopped half-way can be read, and its removed data cannot', async () => {
  const deps = await relatedDeps();
  const job = await run(deps, await submit(deps, { parameters: large }));
  const replaceWithTombstone = async () => Promise.reject(new Error('died'));
  await expect(remove({ ...deps, jobs: { ...deps.jobs, replaceWithTombstone } }, job)).rejects.toThrow(
    'died',
  );
  const shown = await representJob(deps, await getJob(deps, keyOf(job)), 'https://api.test');
  expect(shown).toMatchObject({ status: 'succeeded', result: 1 });
  expect(shown).not.toHaveProperty('parameters');
  expect(await getResult(deps, keyOf(job))).toEqual({ kind: 'value', json: '1' });
  await expect(getRequest(deps, keyOf(job))).rejects.toMatchObject({
    slug: 'job-deleted',
    extension: { by: 'key-2' },
  });
  const rerun = rerunJob(deps, {
    tenant: 'local',
    owner: 'key-1',
    jobId: job.id,
    changes: {},
  });
  expect(await slugOf(rerun)).toBe('job-deleted');
  await runReconciler(deps, 2);
  expect(await slugOf(getJob(deps, keyOf(job)))).toBe('job-deleted');
});

describe('the deletion of a draft', () => {
  /** A draft whose deletion is recorded, after a process that died before it completed the deletion. */
  async function deletedHalfway() {
    const deps = await relatedDeps();
    const draft = await submit(deps, { start: false, parameters: large });
    const replaceWithTombstone = async () => Promise.reject(new Error('died'));
    await expect(remove({ ...deps, jobs: { ...deps.jobs, replaceWithTombstone } }, draft)).rejects.toThrow(
      'died',
    );
    expect(deps.objects.keys()).toEqual([]);
    return { deps, draft };
  }

  test('prevents a start that would not find the parameters, and continues', async () => {
    const { deps, draft } = await deletedHalfway();
    expect(await slugOf(startJob(deps, { key: keyOf(draft) }))).toBe('illegal-transition');
    expect(deps.executions.starts).toEqual([]);
    await runReconciler(deps, 2);
    expect(await slugOf(getJob(deps, keyOf(draft)))).toBe('job-deleted');
  });

  test('prevents every edit, and leaves no object of an edit', async () => {
    const { deps, draft } = await deletedHalfway();
    const edit = { parameters: { text: 'y'.repeat(6000) } };
    const requested = editJob(deps, { key: keyOf(draft), edit, meetsPrecondition: () => true });
    expect(await slugOf(requested)).toBe('illegal-transition');
    await runReconciler(deps, 2);
    expect(deps.objects.keys()).toEqual([]);
  });
});

describe('an accepted deletion that is not complete', () => {
  /** A draft with an ended sub-job, whose deletion the reconciler will continue. */
  async function accepted(submission: Submission = {}) {
    const deps = await relatedDeps();
    const above = await submit(deps);
    const parent = await submit(deps, { start: false, parentId: above.id, ...submission });
    const child = await run(deps, await submit(deps, { parentId: parent.id }));
    const replaceWithTombstone = async () => 'conflict' as const;
    const slow = { ...deps, jobs: { ...deps.jobs, replaceWithTombstone } };
    expect(await remove(slow, parent, { withChildren: true })).toMatchObject({ kind: 'deleting' });
    return { deps, above, parent, child };
  }

  test('is completed whatever other calls the job receives', async () => {
    const { deps, parent } = await accepted();
    const { id: jobId } = parent;
    const by = { tenant: 'local', owner: 'key-1' };
    const outcome = {
      abort: await slugOf(abortJob(deps, { key: keyOf(parent), by: 'key-1' })),
      start: await slugOf(startJob(deps, { key: keyOf(parent) })),
      edit: await slugOf(
        editJob(deps, { key: keyOf(parent), edit: { name: 'x' }, meetsPrecondition: () => true }),
      ),
      rerun: await slugOf(rerunJob(deps, { ...by, jobId, changes: {} })),
      child: await slugOf(submit(deps, { parentId: jobId })),
      dependent: await slugOf(submit(deps, { dependsOn: [jobId] })),
      remove: await slugOf(remove(deps, parent)),
    };
    expect(outcome).toEqual({
      abort: 'illegal-transition',
      start: 'illegal-transition',
      edit: 'illegal-transition',
      rerun: 'illegal-transition',
      child: 'unknown-job',
      dependent: 'unknown-job',
      remove: 'none',
    });
    await runReconciler(deps, 2);
    expect(await slugOf(getJob(deps, keyOf(parent)))).toBe('job-deleted');
    expect(await allJobs(deps)).toHaveLength(1);
  });

  test('is completed when the parent of the job is aborted meanwhile, and the abort waits for it', async () => {
    const { deps, above, parent } = await accepted();
    await abortJob(deps, { key: keyOf(above), by: 'key-1' });
    expect(await stored(deps, parent)).toMatchObject({ status: 'ready', cascade: { kind: 'delete' } });
    expect(await stored(deps, above)).toMatchObject({ cascade: { kind: 'abort-children' } });
    await runReconciler(deps, 3);
    expect(await slugOf(getJob(deps, keyOf(parent)))).toBe('job-deleted');
    expect(await allJobs(deps)).toMatchObject([{ id: above.id, status: 'aborted' }]);
    expect(await stored(deps, above)).not.toHaveProperty('cascade');
  });

  test('waits for new obstacles, and so does the abort of the parent', async () => {
    const { deps, above, parent } = await accepted();
    await abortJob(deps, { key: keyOf(above), by: 'key-1' });
    const late = aJob({ id: jobIdAt(someTime + 5), nextCheckAt: someTime + 1e9 });
    await deps.jobs.insert(late);
    const link = { tenant: 'local', kind: 'child', anchorId: parent.id, jobId: late.id } as const;
    await deps.links.add({ ...link, madeAt: someTime });
    await runReconciler(deps, 4);
    expect(await stored(deps, parent)).toMatchObject({ status: 'ready', cascade: { accepted: true } });
    expect(await stored(deps, above)).toMatchObject({ cascade: { kind: 'abort-children' } });
    await run(deps, late);
    await runReconciler(deps, 4);
    expect(await allJobs(deps)).toMatchObject([{ id: above.id, status: 'aborted' }]);
    expect(await stored(deps, above)).not.toHaveProperty('cascade');
  });

  test('includes the sub-jobs once that was requested, although it was started without them', async () => {
    const { deps, parent } = await family();
    const cascade = { kind: 'delete', by: 'key-2', requestedAt: deps.clock.now() } as const;
    await updateJob(deps.jobs, keyOf(parent), (job) => {
      if (job === undefined) throw new Error('gone');
      return {
        next: withWrite(job, 0, { cascade, nextCheckAt: cascade.requestedAt + 10_000 }),
        result: undefined,
      };
    });
    const list: typeof deps.links.list = async (query) => {
      await deps.clock.sleep(6000);
      return deps.links.list(query);
    };
    const slow = { ...deps, links: { ...deps.links, list } };
    expect(await remove(slow, parent, { withChildren: true })).toMatchObject({ kind: 'deleting' });
    await runReconciler(deps, 2);
    expect(await allJobs(deps)).toEqual([]);
  });
});

describe('the deletion of a parent', () => {
  test('reads no more of its sub-jobs than it reports', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < 1300; made += 1) await submit(deps, { parentId: parent.id, start: false });
    let pages = 0;
    const list: typeof deps.links.list = async (query) => {
      pages += 1;
      return deps.links.list(query);
    };
    const watched = { ...deps, links: { ...deps.links, list } };
    expect(await slugOf(remove(watched, parent))).toBe('job-running');
    expect(pages).toBeLessThan(3);
    await run(deps, parent);
    const { plan } = (await remove(watched, parent, { withChildren: true, dryRun: true })) as {
      plan: { jobIds: readonly string[]; complete: boolean };
    }; // a dry run returns a plan
    expect([plan.jobIds.length, plan.complete]).toEqual([1000, false]);
    expect(pages).toBeLessThan(14);
  });

  test('is refused without its sub-jobs, and names them', async () => {
    const { deps, parent, child } = await family();
    await expect(remove(deps, parent)).rejects.toMatchObject({
      slug: 'job-has-dependents',
      extension: { jobIds: [child.id] },
    });
    expect(await allJobs(deps)).toHaveLength(3);
    expect(await stored(deps, parent)).not.toHaveProperty('cascade');
  });

  test('includes all jobs below it when requested, and lists them in advance', async () => {
    const { deps, parent, child, below } = await family();
    const options = { withChildren: true, dryRun: true };
    const jobIds = [parent.id, child.id, below.id];
    expect(await remove(deps, parent, options)).toEqual({
      kind: 'plan',
      plan: { jobIds, dataIds: [], complete: true },
    });
    expect(await allJobs(deps)).toHaveLength(3);
    expect(await remove(deps, parent, { withChildren: true })).toEqual({ kind: 'deleted' });
    expect(await allJobs(deps)).toEqual([]);
    expect(deps.objects.keys()).toEqual([]);
    for (const id of jobIds) expect(await linksOf(deps, id)).toEqual([]);
  });

  test('is refused when a job below it runs or is a dependency of another job, and then deletes nothing', async () => {
    const { deps, parent, child, below } = await family();
    const runs = await submit(deps, { parentId: (await submit(deps, {})).id });
    const other = await submit(deps);
    const waiting = await submit(deps, { dependsOn: [below.id, other.id] });
    await expect(remove(deps, parent, { withChildren: true })).rejects.toMatchObject({
      slug: 'job-has-dependents',
      extension: { jobIds: [waiting.id] },
    });
    const above = await stored(deps, { tenant: 'local', id: runs.parentId ?? '' });
    await run(deps, above);
    await expect(remove(deps, above, { withChildren: true })).rejects.toMatchObject({
      slug: 'job-running',
      extension: { jobIds: [runs.id] },
    });
    for (const job of [parent, child, below, above])
      expect(await stored(deps, job)).not.toHaveProperty('cascade');
  });

  test('waits until the abort of the parent has reached all of its sub-jobs', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    await submit(deps, { parentId: parent.id });
    const links = { ...deps.links, list: () => Promise.reject(new Error('away')) };
    await abortJob({ ...deps, links }, { key: keyOf(parent), by: 'key-1' });
    expect(await slugOf(remove(deps, parent, { withChildren: true }))).toBe('job-running');
    await runReconciler(deps, 2);
    expect(await remove(deps, parent, { withChildren: true })).toEqual({ kind: 'deleted' });
  });

  test('removes it from the counts of its own parent', async () => {
    const { deps, parent, child } = await family();
    await remove(deps, child, { withChildren: true });
    expect(await listChildren(deps, { key: keyOf(parent), limit: 10 })).toEqual({ jobs: [] });
    expect(await remove(deps, parent)).toEqual({ kind: 'deleted' });
  });

  test('is continued by the reconciler, wherever its process died', async () => {
    const calls = await dyingAnywhere(
      family,
      (deps, { parent }) => remove(deps, parent, { withChildren: true }),
      async ({ deps, parent }) => {
        const left = await deps.jobs.get(keyOf(parent));
        // Before its first write the deletion was not accepted.
        if (left !== undefined && left.cascade === undefined) return;
        await runReconciler(deps, 3);
        expect(await allJobs(deps)).toEqual([]);
        expect(deps.objects.keys()).toEqual([]);
        expect(await deps.jobs.listDue(deps.clock.now() + 1e9, 10)).toEqual([]);
      },
    );
    expect(calls).toBeGreaterThan(20);
  });

  test('leaves the rest to the reconciler when its time is over, and returns the job until then', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < 30; made += 1) await submit(deps, { parentId: parent.id });
    for (const job of await allJobs(deps)) await run(deps, job);
    const replaceWithTombstone: typeof deps.jobs.replaceWithTombstone = async (tombstone, version) => {
      await deps.clock.sleep(1000);
      return deps.jobs.replaceWithTombstone(tombstone, version);
    };
    const slow = { ...deps, jobs: { ...deps.jobs, replaceWithTombstone } };
    expect(await remove(slow, parent, { withChildren: true })).toMatchObject({
      kind: 'deleting',
      job: { id: parent.id, status: 'succeeded' },
    });
    expect((await allJobs(deps)).length).toBeGreaterThan(20);
    expect(await slugOf(submit(deps, { dependsOn: [parent.id] }))).toBe('unknown-job');
    await runReconciler(deps, 2);
    expect(await allJobs(deps)).toEqual([]);
  });

  test('reaches the last sub-job however few of them one reconciliation pass has time for', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    for (let made = 0; made < 350; made += 1) await submit(deps, { parentId: parent.id, start: false });
    await run(deps, parent);
    const list: typeof deps.links.list = async (query) => {
      await deps.clock.sleep(5000);
      return deps.links.list(query);
    };
    const slow = { ...deps, links: { ...deps.links, list } };
    expect(await remove(slow, parent, { withChildren: true })).toMatchObject({ kind: 'deleting' });
    await runReconciler(slow, 5);
    expect(await allJobs(deps)).toEqual([]);
  });

  test('leaves links without a job instead of exceeding the time of its call', async () => {
    const deps = await relatedDeps();
    const needed = await run(deps, await submit(deps));
    for (let made = 0; made < 300; made += 1) await run(deps, await submit(deps, { dependsOn: [needed.id] }));
    const removeLink: typeof deps.links.remove = async (link) => {
      await deps.clock.sleep(100);
      return deps.links.remove(link);
    };
    const began = deps.clock.now();
    const slow = { ...deps, links: { ...deps.links, remove: removeLink } };
    expect(await remove(slow, needed)).toEqual({ kind: 'deleted' });
    expect(deps.clock.now() - began).toBeLessThan(20_000);
    expect((await linksOf(deps, needed.id)).length).toBeGreaterThan(0);
  });

  test('waits for a sub-job that may still be created', async () => {
    const { deps, parent } = await family();
    await linkComingChild(deps, parent);
    expect(await slugOf(remove(deps, parent))).toBe('job-has-dependents');
    expect(await remove(deps, parent, { withChildren: true })).toMatchObject({ kind: 'deleting' });
    await runReconciler(deps, 13);
    expect(await deps.jobs.get(keyOf(parent))).toBeDefined();
    await runReconciler(deps, 4);
    expect(await allJobs(deps)).toEqual([]);
    expect(await linksOf(deps, parent.id)).toEqual([]);
  });
});

describe('a job that was refused after its links were written', () => {
  test('does not delay the deletion of its parent', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const parent = await submit(deps);
      await run(deps, await submit(deps, { parentId: parent.id }));
      let ended = false;
      const { deps: watched } = interrupted(deps, at, async () => {
        await run(deps, parent);
        ended = true;
      });
      const outcome = await slugOf(submit(watched, { parentId: parent.id }, 'key'));
      if (!ended) break;
      if (outcome === 'none') continue;
      const links = (await linksOf(deps, parent.id)).length;
      stories.add(`${outcome}, ${links} links: ${(await remove(deps, parent, { withChildren: true })).kind}`);
    }
    expect([...stories].sort()).toEqual(['parent-ended, 1 links: deleted', 'parent-ended, 2 links: deleted']);
  });

  test('does not prevent the deletion of its dependencies', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const [one, other] = [await run(deps, await submit(deps)), await run(deps, await submit(deps))];
      let isDeleted = false;
      const { deps: watched } = interrupted(deps, at, async () => {
        isDeleted = (await slugOf(remove(deps, other))) === 'none';
      });
      const outcome = await slugOf(submit(watched, { dependsOn: [one.id, other.id] }));
      if (outcome === 'none' && !isDeleted) {
        if ((await slugOf(remove(deps, other))) === 'none') break;
        continue;
      }
      expect(isDeleted).toBe(outcome === 'unknown-job');
      if (isDeleted)
        stories.add(`${(await linksOf(deps, one.id)).length} link: ${await slugOf(remove(deps, one))}`);
    }
    expect([...stories].sort()).toEqual(['0 link: none', '1 link: none']);
  });

  test('still prevents it while another try under its key may create the job', async () => {
    const deps = await relatedDeps();
    const parent = await submit(deps);
    await run(deps, await submit(deps, { parentId: parent.id }));
    const insert = async () => Promise.reject(new Error('died'));
    const first = submit({ ...deps, jobs: { ...deps.jobs, insert } }, { parentId: parent.id }, 'key');
    await expect(first).rejects.toThrow('died');
    // The second try finds its parent running at the check, and ended at the registration.
    let requested = 0;
    const get: typeof deps.jobs.get = async (key) => {
      requested += key.jobId === parent.id ? 1 : 0;
      if (requested === 2) await run(deps, parent);
      return deps.jobs.get(key);
    };
    const second = submit({ ...deps, jobs: { ...deps.jobs, get } }, { parentId: parent.id }, 'key');
    expect(await slugOf(second)).toBe('parent-ended');
    expect(await remove(deps, parent, { withChildren: true })).toMatchObject({ kind: 'deleting' });
    await runReconciler(deps, 16);
    expect(await allJobs(deps)).toEqual([]);
  });
});

describe('a job that is created during a deletion', () => {
  test('has its parent, or is refused', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const parent = await submit(deps, { start: false });
      await run(deps, await submit(deps, { parentId: parent.id }));
      let outcome: string | undefined;
      const { deps: watched } = interrupted(deps, at, async () => {
        outcome = await slugOf(submit(deps, { parentId: parent.id }));
      });
      const deleted = await slugOf(remove(watched, parent, { withChildren: true }));
      if (outcome === undefined) break;
      await runReconciler(deps, 20);
      const jobs = await allJobs(deps);
      const there = new Set(jobs.map(({ id }) => id));
      for (const { parentId } of jobs) if (parentId !== undefined) expect(there).toContain(parentId);
      stories.add(`${outcome} / ${deleted}`);
    }
    expect([...stories].sort()).toEqual(['none / job-running', 'unknown-job / none']);
  });

  test('has its dependencies, or is refused', async () => {
    const stories = new Set<string>();
    for (let at = 1; ; at += 1) {
      const deps = await relatedDeps();
      const [needed, other] = [await run(deps, await submit(deps)), await submit(deps)];
      let outcome: string | undefined;
      const { deps: watched } = interrupted(deps, at, async () => {
        outcome = await slugOf(submit(deps, { dependsOn: [needed.id, other.id] }));
      });
      const deleted = await slugOf(remove(watched, needed));
      if (outcome === undefined) break;
      await runReconciler(deps, 6);
      expect((await allJobs(deps)).filter(({ status }) => status === 'error')).toEqual([]);
      stories.add(`${outcome} / ${deleted}`);
    }
    expect([...stories].sort()).toEqual(['none / job-has-dependents', 'unknown-job / none']);
  });
});
