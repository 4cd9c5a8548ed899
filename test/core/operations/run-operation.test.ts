import { describe, expect, test } from 'vitest';
import { abortOperation } from '../../../core/operations/abort-operation.ts';
import { actOnJobs } from '../../../core/operations/act-on-jobs.ts';
import { listRefusals } from '../../../core/operations/list-refusals.ts';
import type { OperationWork } from '../../../core/operations/model/operation.ts';
import { runOperation } from '../../../core/operations/work/run-operation.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import {
  type OperationDeps,
  operationWorld,
  startOperation,
  storedOperation,
  tickingDeps,
  workUntilIdle,
} from '../../support/operations/operation-world.ts';

const abort: OperationWork = { action: 'abort', reason: 'not needed' };
const rerun: OperationWork = { action: 'rerun', changes: {} };
const tag: OperationWork = { action: 'tag', addTags: ['new'], removeTags: ['some'] };
const deletion: OperationWork = {
  action: 'delete',
  withChildren: false,
  withOutputs: false,
  withInputs: false,
};

function keyOf({ tenant, id }: { readonly tenant: string; readonly id: string }) {
  return { tenant, operationId: id };
}

describe('an operation', () => {
  test('aborts the jobs that its filter matches, and refuses those that have ended', async () => {
    const { deps, jobs } = await operationWorld(['pending', 'succeeded', 'pending', 'aborted']);
    const operation = await startOperation(deps, abort);
    expect(operation).toMatchObject({ status: 'running', matched: 0 });
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      matched: 4,
      done: 3,
      refused: 1,
      failed: 0,
    });
    const { refusals } = await listRefusals(deps, { key: keyOf(operation), limit: 10 });
    expect(refusals).toEqual([
      { jobId: jobs[1]?.id, problem: { slug: 'already-ended', detail: 'The job has ended as succeeded' } },
    ]);
    expect((await deps.jobs.getMany('local', [jobs[0]?.id ?? '']))[0]?.abort).toMatchObject({
      by: 'key-1',
      reason: 'not needed',
    });
  });

  test('reruns each ended job once', async () => {
    const { deps } = await operationWorld(['failed', 'succeeded', 'pending']);
    const operation = await startOperation(deps, rerun);
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 2, refused: 1 });
    expect(await reruns(deps)).toHaveLength(2);
  });

  test('deletes jobs, and counts a job that is already deleted as done', async () => {
    const { deps, jobs } = await operationWorld(['failed', 'succeeded', 'pending']);
    const operation = await startOperation(deps, deletion, {
      jobs: { ids: [...jobs.map(({ id }) => id), jobIdAt(someTime, 99n)] },
    });
    await workUntilIdle(deps);
    const again = await startOperation(deps, deletion, {
      jobs: { ids: jobs.slice(0, 2).map(({ id }) => id) },
    });
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({ matched: 4, done: 2, refused: 2 });
    expect(await storedOperation(deps, again)).toMatchObject({ matched: 2, done: 2 });
    const { refusals } = await listRefusals(deps, { key: keyOf(operation), limit: 10 });
    expect(refusals.map(({ problem }) => problem.slug)).toEqual(['job-running', 'not-found']);
  });

  test('deletes sub-jobs before their parent', async () => {
    const { deps } = await operationWorld([]);
    const parentId = jobIdAt(someTime - 60_000, 0n);
    const childId = jobIdAt(someTime - 50_000, 0n);
    await deps.jobs.insert(endedJob('failed', { id: parentId, tags: ['some'], hasChildren: true }));
    const more = Array.from({ length: 60 }, (_, index) => jobIdAt(someTime - 55_000, BigInt(index)));
    for (const id of more) await deps.jobs.insert(endedJob('failed', { id, tags: ['some'] }));
    await deps.links.add({ tenant: 'local', kind: 'child', anchorId: parentId, jobId: childId, madeAt: 1 });
    await deps.jobs.insert(endedJob('failed', { id: childId, parentId, tags: ['some'] }));
    const operation = await startOperation(deps, deletion);
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({ matched: 62, done: 62 });
  });

  test('adds and removes tags, and refuses a job that would have too many', async () => {
    const { deps, jobs } = await operationWorld(['failed', 'pending']);
    const full = Array.from({ length: 49 }, (_, index) => `t${index}`);
    await deps.jobs.insert(aJob({ id: jobIdAt(someTime - 1), tags: [...full, 'other'] }));
    const ids = [...jobs.map(({ id }) => id), jobIdAt(someTime - 1)];
    const operation = await startOperation(deps, tag, { jobs: { ids } });
    await workUntilIdle(deps);
    expect((await deps.jobs.getMany('local', ids)).map(({ tags }) => tags)).toEqual([
      ['new'],
      ['new'],
      [...full, 'other'],
    ]);
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 2, refused: 1 });
  });

  test('treats only the jobs that its filter matches at its start', async () => {
    const { deps, jobs } = await operationWorld(['pending', 'pending']);
    await deps.clock.sleep(10);
    const operation = await startOperation(deps, tag);
    await deps.clock.sleep(1);
    const later = aJob({ id: jobIdAt(deps.clock.now()), tags: ['some'] });
    await deps.jobs.insert(later);
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({ matched: jobs.length, done: 2 });
    expect((await deps.jobs.getMany('local', [later.id]))[0]?.tags).toEqual(['some']);
  });

  test('treats more jobs than fit in a chunk, over several messages', async () => {
    const { deps } = await operationWorld(Array(1203).fill('pending'));
    const operation = await startOperation(deps, tag);
    let runs = 0;
    await workUntilIdle(deps, async (_, key) => {
      runs += 1;
      await runOperation(tickingDeps(deps), key, { budgetEndsAt: deps.clock.now() + 100 });
    });
    expect(runs).toBeGreaterThan(10);
    expect(await storedOperation(deps, operation)).toMatchObject({ matched: 1203, done: 1203 });
  });

  test('publishes one event at its end', async () => {
    const { deps } = await operationWorld(['pending']);
    const operation = await startOperation(deps, abort);
    await workUntilIdle(deps);
    expect(deps.events).toEqual([
      expect.objectContaining({
        id: operation.id,
        type: 'errand.operation.succeeded',
        subject: `urn:errand:operation:${operation.id}`,
        data: {
          operation: {
            id: operation.id,
            action: 'abort',
            status: 'succeeded',
            matched: 1,
            done: 1,
            refused: 0,
            failed: 0,
          },
        },
      }),
    ]);
  });

  test('publishes its event again until the bus accepts it', async () => {
    const { deps } = await operationWorld(['pending']);
    let rejections = 2;
    const bus: typeof deps.bus = {
      publish: async (events) => {
        rejections -= 1;
        return rejections >= 0 ? [...events] : deps.bus.publish(events);
      },
    };
    await startOperation(deps, abort);
    await workUntilIdle(deps, (ports, key, input) => runOperation({ ...ports, bus }, key, input));
    expect(deps.events).toHaveLength(1);
  });

  test('is worked on by one process at a time', async () => {
    const { deps } = await operationWorld(Array(200).fill('failed'));
    const operation = await startOperation(deps, rerun);
    const key = keyOf(operation);
    const input = { budgetEndsAt: deps.clock.now() + 20_000 };
    await Promise.all(Array.from({ length: 5 }, () => runOperation(deps, key, input)));
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      done: 200,
      lease: 1,
    });
    expect(await reruns(deps)).toHaveLength(200);
  });

  test('ignores a message for an operation that does not exist', async () => {
    const { deps } = await operationWorld([]);
    await runOperation(deps, { tenant: 'local', operationId: jobIdAt(1) }, { budgetEndsAt: 1 });
  });

  test('aborts itself if the list of jobs can never be read', async () => {
    const { deps } = await operationWorld(['pending']);
    const operation = await startOperation(deps, abort);
    const jobs = { ...deps.jobs, list: () => Promise.reject(new Error('unreadable')) };
    await workUntilIdle(deps, (ports, key, input) => runOperation({ ...ports, jobs }, key, input));
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'aborted',
      abort: { by: 'errand', reason: 'The list of jobs could not be read' },
      matched: 0,
    });
  });

  test('aborts itself if every process that reads the list of jobs is interrupted', async () => {
    const { deps } = await operationWorld(['pending']);
    const operation = await startOperation(deps, abort);
    let interrupted = 0;
    await workUntilIdle(deps, async (ports, key, input) => {
      const killed = Promise.withResolvers<never>();
      const list: typeof ports.jobs.list = () => {
        interrupted += 1;
        killed.reject(new Error('killed'));
        return new Promise(() => undefined); // nothing of this process happens any more
      };
      const mortal = runOperation({ ...ports, jobs: { ...ports.jobs, list } }, key, input);
      await Promise.race([mortal, killed.promise]).catch(() => undefined);
    });
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'aborted',
      abort: { by: 'errand', reason: 'The list of jobs could not be read' },
      matched: 0,
    });
    expect(interrupted).toBe(11);
  });
});

describe('the refusals of an operation', () => {
  test('are those of the try that counts', async () => {
    const { deps, jobs } = await operationWorld(['pending', 'failed']);
    const operation = await startOperation(deps, deletion);
    let isFirst = true;
    await workUntilIdle(deps, async (ports, key, input) => {
      const replace: typeof ports.operations.replace = async (next, version) => {
        if (!isFirst || next.refused === 0) return ports.operations.replace(next, version);
        isFirst = false;
        const job = jobs[0] ?? aJob();
        await deps.jobs.replace(endedJob('failed', { id: job.id, tags: job.tags }), job.version);
        throw new Error('killed after the refusals were stored');
      };
      const operations = { ...ports.operations, replace };
      await runOperation({ ...ports, operations }, key, input).catch(() => undefined);
    });
    expect(isFirst).toBe(false);
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 2, refused: 0 });
    expect(await listRefusals(deps, { key: keyOf(operation), limit: 10 })).toEqual({ refusals: [] });
  });

  test('of jobs that are not counted yet are not listed', async () => {
    const { deps } = await operationWorld(['succeeded']);
    const operation = await startOperation(deps, abort);
    const operations = {
      ...deps.operations,
      replace: async (...[next, version]: Parameters<typeof deps.operations.replace>) => {
        if (next.refused > 0) throw new Error('killed after the refusals were stored');
        return deps.operations.replace(next, version);
      },
    };
    const run = runOperation({ ...deps, operations }, keyOf(operation), { budgetEndsAt: someTime + 20_000 });
    await expect(run).rejects.toThrow('killed');
    expect(await listRefusals(deps, { key: keyOf(operation), limit: 10 })).toEqual({ refusals: [] });
    await workUntilIdle(deps);
    expect((await listRefusals(deps, { key: keyOf(operation), limit: 10 })).refusals).toHaveLength(1);
  });
});

describe('a job that cannot be treated', () => {
  test('is tried again, and then counts as failed without stopping the others', async () => {
    const { deps, jobs } = await operationWorld(Array(120).fill('pending'));
    const poison = [jobs[7]?.id, jobs[60]?.id];
    const operation = await startOperation(deps, abort);
    await workUntilIdle(deps, (ports, key, input) =>
      runOperation({ ...ports, jobs: throwingFor(ports.jobs, poison) }, key, input),
    );
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      matched: 120,
      done: 118,
      failed: 2,
    });
    const { refusals } = await listRefusals(deps, { key: keyOf(operation), limit: 10 });
    expect(refusals).toEqual(
      poison.map((jobId) => ({ jobId, problem: expect.objectContaining({ slug: 'internal' }) })),
    );
  });

  test('is done if it can be treated after a while', async () => {
    const { deps, jobs } = await operationWorld(Array(20).fill('pending'));
    const operation = await startOperation(deps, abort);
    const throttledUntil = deps.clock.now() + 120_000;
    await workUntilIdle(deps, (ports, key, input) => {
      const isThrottled = ports.clock.now() < throttledUntil;
      const throttled = throwingFor(ports.jobs, isThrottled ? jobs.map(({ id }) => id) : []);
      return runOperation({ ...ports, jobs: throttled }, key, input);
    });
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 20, refused: 0, failed: 0 });
  });

  test('counts as failed alone if it ends every process that treats it', async () => {
    const { deps, jobs } = await operationWorld(Array(30).fill('pending'));
    const operation = await startOperation(deps, abort);
    await workUntilIdle(deps, async (ports, key, input) => {
      const killed = Promise.withResolvers<never>();
      const get: typeof ports.jobs.get = async (job) => {
        if (job.jobId !== jobs[4]?.id) return ports.jobs.get(job);
        killed.reject(new Error('killed'));
        return new Promise(() => undefined); // nothing of this process happens any more
      };
      const mortal = runOperation({ ...ports, jobs: { ...ports.jobs, get } }, key, input);
      await Promise.race([mortal, killed.promise]).catch(() => undefined);
    });
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 29, failed: 1 });
  });
});

describe('throttling', () => {
  const hourMs = 3_600_000;

  /** Runs an operation while calls about some of its jobs are throttled, at certain times. */
  async function runThrottled(
    deps: OperationDeps,
    isThrottled: (jobId: string, sinceStartMs: number) => boolean,
  ) {
    const startedAt = deps.clock.now();
    const get: OperationDeps['jobs']['get'] = async (key) => {
      if (isThrottled(key.jobId, deps.clock.now() - startedAt)) throw throttling();
      return deps.jobs.get(key);
    };
    const jobs = { ...deps.jobs, get };
    await workUntilIdle(deps, (ports, key, input) => runOperation({ ...ports, jobs }, key, input), 2000);
    return deps.clock.now() - startedAt;
  }

  test('for hours makes an operation wait and fails no job', async () => {
    const { deps } = await operationWorld(Array(300).fill('pending'));
    const operation = await startOperation(deps, abort);
    const tookMs = await runThrottled(deps, (_, ms) => ms < 20 * hourMs);
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      done: 300,
      failed: 0,
    });
    expect(tookMs).toBeLessThan(20 * hourMs + 10 * 60_000);
  });

  test('after a job has failed makes an operation wait, too', async () => {
    const { deps, jobs } = await operationWorld(Array(200).fill('pending'));
    const operation = await startOperation(deps, abort);
    const poison = jobs[3]?.id;
    const unreadable: OperationDeps['jobs'] = {
      ...deps.jobs,
      get: (key) => (key.jobId === poison ? Promise.reject(new Error('unreadable')) : deps.jobs.get(key)),
    };
    await runThrottled({ ...deps, jobs: unreadable }, (_, ms) => ms > 15 * 60_000 && ms < 5 * hourMs);
    await runThrottled(deps, () => false);
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 199, failed: 1 });
  });

  test('of most calls is no reason to fail a job', async () => {
    const { deps } = await operationWorld(Array(300).fill('pending'));
    const operation = await startOperation(deps, abort);
    let calls = 0;
    await runThrottled(deps, () => {
      calls += 1;
      return calls % 3 !== 0;
    });
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 300, failed: 0 });
  });

  test('for longer than a day fails the jobs that were tried all the time, and no others', async () => {
    const { deps, jobs } = await operationWorld(Array(60).fill('pending'));
    const operation = await startOperation(deps, abort);
    await runThrottled(deps, (_, ms) => ms < 25 * hourMs);
    const { status, done, failed } = await storedOperation(deps, operation);
    expect(status).toBe('succeeded');
    expect(failed).toBeGreaterThan(1);
    expect(failed).toBeLessThanOrEqual(50);
    expect(done).toBe(jobs.length - failed);
    const { refusals } = await listRefusals(deps, { key: keyOf(operation), limit: 100 });
    const problem = expect.objectContaining({ slug: 'unavailable' });
    expect(refusals).toEqual(jobs.slice(0, failed).map(({ id: jobId }) => ({ jobId, problem })));
  });

  test('of a single job fails it after half an hour, and stops no other job for longer', async () => {
    const { deps, jobs } = await operationWorld(Array(120).fill('pending'));
    const operation = await startOperation(deps, abort);
    const hot = jobs[60]?.id;
    const tookMs = await runThrottled(deps, (jobId) => jobId === hot);
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 119, failed: 1 });
    expect(tookMs).toBeLessThan(40 * 60_000);
  });

  test('delays the abort of an operation by minutes', async () => {
    const { deps } = await operationWorld(Array(20).fill('pending'));
    const operation = await startOperation(deps, abort);
    const startedAt = deps.clock.now();
    let isRequested = false;
    await runThrottled(deps, (_, ms) => {
      if (ms > 2 * hourMs && !isRequested) {
        isRequested = true;
        void abortOperation(deps, { key: keyOf(operation), by: 'key-2' });
      }
      return true;
    });
    expect(await storedOperation(deps, operation)).toMatchObject({ status: 'aborted', done: 0 });
    expect(deps.clock.now() - startedAt).toBeLessThan(2.5 * hourMs);
  });

  test('of the list of jobs makes an operation wait', async () => {
    const { deps } = await operationWorld(['pending']);
    const operation = await startOperation(deps, abort);
    const until = deps.clock.now() + 5 * hourMs;
    const list: OperationDeps['jobs']['list'] = (query) =>
      deps.clock.now() < until ? Promise.reject(throttling()) : deps.jobs.list(query);
    await workUntilIdle(deps, (ports, key, input) =>
      runOperation({ ...ports, jobs: { ...ports.jobs, list } }, key, input),
    );
    expect(await storedOperation(deps, operation)).toMatchObject({ status: 'succeeded', done: 1 });
  });

  test('of the writes of an operation makes it wait, and each job is counted once', async () => {
    const { deps } = await operationWorld(Array(120).fill('pending'));
    const operation = await startOperation(deps, rerun);
    const until = deps.clock.now() + 5 * hourMs;
    const replace: OperationDeps['operations']['replace'] = (next, version) =>
      next.done + next.refused > 0 && next.leasedUntil !== undefined && deps.clock.now() < until
        ? Promise.reject(throttling())
        : deps.operations.replace(next, version);
    await workUntilIdle(deps, (ports, key, input) =>
      runOperation({ ...ports, operations: { ...ports.operations, replace } }, key, input),
    );
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'succeeded',
      refused: 120,
      failed: 0,
    });
  });
});

describe('the abort of an operation', () => {
  test('ends it at once if no process works on it', async () => {
    const { deps } = await operationWorld(['pending']);
    const operation = await startOperation(deps, abort);
    const aborted = await abortOperation(deps, { key: keyOf(operation), by: 'key-2', reason: 'wrong tag' });
    expect(aborted).toMatchObject({ status: 'aborted', abort: { by: 'key-2', reason: 'wrong tag' } });
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({ done: 0, matched: 0 });
    expect(deps.events.map(({ type }) => type)).toEqual(['errand.operation.aborted']);
  });

  test('takes effect after the jobs that are being treated', async () => {
    const { deps } = await operationWorld(Array(120).fill('pending'));
    const operation = await startOperation(deps, abort);
    let isRequested = false;
    const replace: typeof deps.jobs.replace = async (...input) => {
      if (!isRequested) {
        isRequested = true;
        expect(await abortOperation(deps, { key: keyOf(operation), by: 'key-2' })).toMatchObject({
          status: 'running',
        });
      }
      return deps.jobs.replace(...input);
    };
    await workUntilIdle(deps, (ports, key, input) =>
      runOperation({ ...ports, jobs: { ...ports.jobs, replace } }, key, input),
    );
    expect(await storedOperation(deps, operation)).toMatchObject({
      status: 'aborted',
      matched: 120,
      done: 50,
    });
  });

  test('of an operation that has succeeded is refused, and a repeated one gets the same operation', async () => {
    const { deps } = await operationWorld(['pending']);
    const first = await startOperation(deps, abort);
    await workUntilIdle(deps);
    await expect(abortOperation(deps, { key: keyOf(first), by: 'key-2' })).rejects.toMatchObject({
      slug: 'operation-ended',
    });
    const second = await startOperation(deps, abort);
    const aborted = await abortOperation(deps, { key: keyOf(second), by: 'key-2' });
    expect(await abortOperation(deps, { key: keyOf(second), by: 'key-3' })).toStrictEqual(aborted);
  });

  test('requires its precondition', async () => {
    const { deps } = await operationWorld([]);
    const operation = await startOperation(deps, abort);
    const input = { key: keyOf(operation), by: 'key-2', meetsPrecondition: () => false };
    await expect(abortOperation(deps, input)).rejects.toMatchObject({ slug: 'precondition-failed' });
  });
});

describe('actOnJobs', () => {
  test('creates one operation for an idempotency key', async () => {
    const { deps } = await operationWorld(['pending']);
    const idempotency = { key: 'k', fingerprint: 'f' };
    const first = await startOperation(deps, abort, { idempotency });
    const second = await actOnJobs(deps, {
      tenant: 'local',
      owner: 'key-1',
      work: abort,
      jobs: { ids: [] },
      idempotency,
    });
    expect(second).toEqual({ operation: first, replayed: true });
    await expect(
      startOperation(deps, abort, { idempotency: { key: 'k', fingerprint: 'other' } }),
    ).rejects.toMatchObject({ slug: 'idempotency-key-reused' });
  });

  test('refuses a sixth running operation of a tenant', async () => {
    const { deps } = await operationWorld([]);
    for (let count = 0; count < 5; count += 1) await startOperation(deps, abort);
    await expect(startOperation(deps, abort)).rejects.toMatchObject({ slug: 'quota-exceeded' });
    await startOperation(deps, abort, { tenant: 'other' });
    await workUntilIdle(deps);
    await startOperation(deps, abort);
  });

  test('accepts an operation that cannot be queued', async () => {
    const { deps } = await operationWorld(['pending']);
    const operationQueue = { send: () => Promise.reject(new Error('unreachable')) };
    const operation = await startOperation({ ...deps, operationQueue }, abort);
    await workUntilIdle(deps);
    expect(await storedOperation(deps, operation)).toMatchObject({ status: 'succeeded', done: 1 });
  });
});

function throttling(): Error {
  return Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
}

async function reruns(deps: Awaited<ReturnType<typeof operationWorld>>['deps']) {
  const { jobs } = await deps.jobs.list({ tenant: 'local', limit: 1000 });
  return jobs.filter(({ rerunOf }) => rerunOf !== undefined);
}

function throwingFor<Jobs extends Awaited<ReturnType<typeof operationWorld>>['deps']['jobs']>(
  jobs: Jobs,
  ids: ReadonlyArray<string | undefined>,
): Jobs {
  const get: Jobs['get'] = (key) =>
    ids.includes(key.jobId) ? Promise.reject(new Error('ThrottlingException')) : jobs.get(key);
  return { ...jobs, get };
}
