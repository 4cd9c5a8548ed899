import { describe, expect, test } from 'vitest';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { wakeDependents } from '../../../../core/jobs/relations/wake-dependents.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { reconcileAfterMs } from '../../../support/jobs/jobs.ts';
import {
  allJobs,
  begin,
  type Deps,
  dyingAnywhere,
  hasEnded,
  interrupted,
  keyOf,
  relatedDeps,
  run,
  runReconciler,
  slugOf,
  stored,
  submit,
} from './related-jobs.ts';

/** Reports the end of a job to the publisher, as the stream does. */
async function publish(deps: Deps, before: Parameters<typeof stored>[1]): Promise<void> {
  const after = await stored(deps, before);
  const { status: _, ...running } = after;
  const change = { before: { ...running, status: 'executing' as const }, after };
  await wakeDependents(deps, [change], { budgetEndsAt: deps.clock.now() + 1000 });
}

describe('a job with dependencies', () => {
  test('waits for them, lists them, and starts when the last one has succeeded', async () => {
    const deps = await relatedDeps();
    const [one, other] = [await submit(deps), await submit(deps)];
    const job = await submit(deps, { dependsOn: [one.id, other.id] });
    expect(job).toMatchObject({
      status: 'waiting',
      dependsOn: [one.id, other.id],
      waitingReason: { code: 'dependencies', jobIds: [one.id, other.id] },
    });
    await run(deps, one);
    await publish(deps, one);
    expect((await stored(deps, job)).waitingReason).toMatchObject({ jobIds: [other.id] });
    await run(deps, other);
    await deps.clock.sleep(5_000_000);
    await publish(deps, other);
    const started = await stored(deps, job);
    expect(started.status).toBe('pending');
    expect(started).not.toHaveProperty('waitingReason');
    expect(started.nextCheckAt).toBe(deps.clock.now() + reconcileAfterMs);
    expect(deps.executions.starts.at(-1)).toMatchObject({ jobId: job.id, attempt: 1, start: 1 });
    expect(await run(deps, job)).toMatchObject({ status: 'succeeded' });
  });

  test('does not wait for dependencies that succeeded before', async () => {
    const deps = await relatedDeps();
    const needed = await run(deps, await submit(deps));
    const job = await submit(deps, { dependsOn: [needed.id, needed.id.toUpperCase()] });
    expect(job).toMatchObject({ status: 'pending', dependsOn: [needed.id] });
    expect((await stored(deps, job)).transitions).toHaveLength(1);
    expect(deps.executions.starts.at(-1)).toMatchObject({ jobId: job.id });
  });

  test('fails when a dependency did not succeed, and so do its own dependents', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const job = await submit(deps, { dependsOn: [needed.id] });
    const next = await submit(deps, { dependsOn: [job.id] });
    await run(deps, needed, 'failed');
    await publish(deps, needed);
    const failed = await stored(deps, job);
    expect(failed).toMatchObject({
      status: 'error',
      failure: { code: 'dependency-failed', retryable: false },
    });
    expect(failed.failure?.detail).toContain(`${needed.id} ended as failed`);
    await publish(deps, job);
    expect(await stored(deps, next)).toMatchObject({ status: 'error' });
    expect(deps.executions.starts.map(({ jobId }) => jobId)).toEqual([needed.id]);
  });

  test('fails immediately when a dependency failed before', async () => {
    const deps = await relatedDeps();
    const needed = await run(deps, await submit(deps), 'failed');
    const job = await submit(deps, { dependsOn: [needed.id] });
    expect(job).toMatchObject({ status: 'error', failure: { code: 'dependency-failed' } });
  });

  test('is refused when a dependency does not exist, with every error', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const dependsOn = [jobIdAt(1), needed.id, jobIdAt(2)];
    const submitted = submit(deps, { dependsOn, parentId: jobIdAt(3) });
    await expect(submitted).rejects.toMatchObject({
      slug: 'unknown-job',
      extension: {
        errors: [{ pointer: '/dependsOn/0' }, { pointer: '/dependsOn/2' }, { pointer: '/parentId' }],
      },
    });
    expect(await allJobs(deps)).toHaveLength(1);
    expect(await stored(deps, needed)).not.toHaveProperty('hasDependents');
  });

  test('can be aborted while it waits, and ends at its time limit', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const limited = await submit(deps, { dependsOn: [needed.id], timeoutSeconds: 600 });
    const aborted = await submit(deps, { dependsOn: [needed.id] });
    await abortJob(deps, { key: keyOf(aborted), by: 'key-1' });
    expect(await stored(deps, aborted)).toMatchObject({
      status: 'aborted',
      abort: { stopped: 'not-started' },
    });
    await runReconciler(deps, 11);
    expect(await stored(deps, limited)).toMatchObject({ status: 'error', failure: { code: 'timeout' } });
  });

  test('ends at its time limit when its dependencies succeed after it', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const job = await submit(deps, { dependsOn: [needed.id], timeoutSeconds: 600 });
    await deps.clock.sleep(600_000);
    await run(deps, needed);
    await publish(deps, needed);
    expect(await stored(deps, job)).toMatchObject({ status: 'error', failure: { code: 'timeout' } });
    expect(deps.executions.starts.map(({ jobId }) => jobId)).toEqual([needed.id]);
  });

  test('ends at its time limit when a dependency cannot be read', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const job = await submit(deps, { dependsOn: [needed.id], timeoutSeconds: 600 });
    const get: Deps['jobs']['get'] = async (key) => {
      if (key.jobId === needed.id) throw new Error('the record is damaged');
      return deps.jobs.get(key);
    };
    await runReconciler({ ...deps, jobs: { ...deps.jobs, get } }, 11);
    expect(await stored(deps, job)).toMatchObject({ status: 'error', failure: { code: 'timeout' } });
  });

  test('is checked by the reconciler within five minutes when nothing wakes it', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const job = await submit(deps, { dependsOn: [needed.id] });
    await runReconciler(deps, 2);
    const checked = await stored(deps, job);
    expect(checked.status).toBe('waiting');
    expect((checked.nextCheckAt ?? 0) - deps.clock.now()).toBeLessThanOrEqual(300_000);
    await run(deps, needed);
    await runReconciler(deps, 6);
    expect((await stored(deps, job)).transitions.map(({ status }) => status)).toEqual(['waiting', 'pending']);
    expect(deps.executions.starts.some(({ jobId }) => jobId === job.id)).toBe(true);
  });

  test('costs its dependency one write, however many dependents that has', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    for (let times = 0; times < 3; times += 1) await submit(deps, { dependsOn: [needed.id] });
    expect(await stored(deps, needed)).toMatchObject({ hasDependents: true, version: 2 });
  });

  test('misses no end of a dependency during its creation', async () => {
    for (const end of ['succeeded', 'failed'] as const) {
      for (let at = 1; ; at += 1) {
        const deps = await relatedDeps();
        const needed = await submit(deps);
        let ended = false;
        const { deps: watched } = interrupted(deps, at, async () => {
          ended = true;
          await run(deps, needed, end);
          await publish(deps, needed);
        });
        const job = await submit(watched, { dependsOn: [needed.id] });
        if (!ended) break;
        const status = end === 'succeeded' ? 'pending' : 'error';
        expect((await stored(deps, job)).status, `${end} before call ${at}`).toBe(status);
        const starts = deps.executions.starts.filter(({ jobId }) => jobId === job.id);
        expect(starts).toHaveLength(end === 'succeeded' ? 1 : 0);
      }
    }
  });

  test('is created once and continues, wherever its submission died', async () => {
    const prepare = async () => {
      const deps = await relatedDeps();
      return { deps, needed: await submit(deps) };
    };
    const make = (deps: Deps, needed: { readonly id: string }) =>
      submit(deps, { dependsOn: [needed.id] }, 'once');
    const calls = await dyingAnywhere(
      prepare,
      (deps, { needed }) => make(deps, needed),
      async ({ deps, needed }) => {
        const job = await make(deps, needed);
        await run(deps, needed);
        await runReconciler(deps, 8);
        expect(await stored(deps, job)).toMatchObject({ status: 'pending' });
        expect(await allJobs(deps)).toHaveLength(2);
        expect(await run(deps, await stored(deps, job))).toMatchObject({ status: 'succeeded' });
      },
    );
    expect(calls).toBeGreaterThan(8);
  });

  test('ends although its submission died and is not repeated', async () => {
    await dyingAnywhere(
      async () => {
        const deps = await relatedDeps();
        return { deps, needed: await begin(deps, await submit(deps)) };
      },
      (deps, { needed }) => submit(deps, { dependsOn: [needed.id] }),
      async ({ deps }) => {
        await runReconciler(deps, 25 * 60);
        expect((await allJobs(deps)).filter((job) => !hasEnded(job))).toEqual([]);
      },
    );
  }, 60_000);
});

describe('wakeDependents', () => {
  test('makes no call for a change that ends no job, or for a job without dependents', async () => {
    const deps = await relatedDeps();
    const job = await run(deps, await submit(deps));
    const links = { ...deps.links, list: () => Promise.reject(new Error('asked')) };
    const input = { budgetEndsAt: deps.clock.now() + 1000 };
    const needed = { ...job, hasDependents: true };
    const changes = [{ after: job }, { before: needed, after: needed }, { before: job }];
    await wakeDependents({ ...deps, links }, changes, input);
    expect(deps.lines).not.toContain('wake-failed');
    await wakeDependents({ ...deps, links }, [{ after: needed }], input);
    expect(deps.lines).toContain('wake-failed');
  });

  test('wakes the other jobs when one cannot be woken, and none after its deadline', async () => {
    const deps = await relatedDeps();
    const needed = await submit(deps);
    const jobs = [];
    for (let made = 0; made < 3; made += 1) jobs.push(await submit(deps, { dependsOn: [needed.id] }));
    const after = await run(deps, needed);
    const bad = jobs[1]?.id;
    const get: typeof deps.jobs.get = (key) =>
      key.jobId === bad ? Promise.reject(new Error('throttled')) : deps.jobs.get(key);
    const late = { budgetEndsAt: deps.clock.now() };
    await wakeDependents(deps, [{ after }], late);
    expect((await allJobs(deps)).filter(({ status }) => status === 'waiting')).toHaveLength(3);
    await wakeDependents({ ...deps, jobs: { ...deps.jobs, get } }, [{ after }], {
      ...late,
      budgetEndsAt: late.budgetEndsAt + 1,
    });
    const waiting = (await allJobs(deps)).filter(({ status }) => status === 'waiting');
    expect(waiting.map(({ id }) => id)).toEqual([bad]);
  });
});

test('a submission with a dependency of another tenant is refused', async () => {
  const deps = await relatedDeps();
  const job = await submit(deps);
  await deps.jobs.insert({ ...job, tenant: 'other', id: jobIdAt(7) });
  expect(await slugOf(submit(deps, { dependsOn: [jobIdAt(7)] }))).toBe('unknown-job');
  expect(await slugOf(submit(deps, { parentId: jobIdAt(7) }))).toBe('unknown-job');
});
