import { describe, expect, test } from 'vitest';
import { urlLifetimeSeconds } from '../../../../core/data/describe-upload.ts';
import { editData } from '../../../../core/data/edit-data.ts';
import { uploadLifetimeMs } from '../../../../core/data/insert-data.ts';
import { contentKey, type DataObject } from '../../../../core/data/model/data-object.ts';
import { deleteUnlessUsed } from '../../../../core/jobs/deletion/delete-data.ts';
import { reconcileData } from '../../../../core/jobs/reconciler/reconcile-data.ts';
import type { Settings } from '../../../../core/ports/settings.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { aJob } from '../../../support/jobs/jobs.ts';
import { interruptedProcess } from '../../../support/memory/interrupted-process.ts';
import { memoryJobLinks } from '../../../support/memory/memory-job-links.ts';
import { memoryJobStore } from '../../../support/memory/memory-job-store.ts';
import { dataWorld } from '../../data/data-world.ts';

const bytes = Buffer.from('content');
const dayMs = 86_400_000;

function reconcilingWorld(settings: Partial<Settings> = {}) {
  const world = dataWorld(settings);
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message), info: () => {}, error: () => {} };
  const deps = { ...world.deps, jobs: memoryJobStore(), links: memoryJobLinks(), log };
  const pass = () => reconcileData(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
  const current = (data: DataObject) => world.data.get({ tenant: data.tenant, dataId: data.id });
  const use = async (data: DataObject) => {
    const inputs = { kind: 'inline', json: JSON.stringify({ table: [{ id: data.id }] }) } as const;
    const job = aJob({ tenant: data.tenant, inputs });
    await deps.links.add({ tenant: data.tenant, kind: 'use', anchorId: data.id, jobId: job.id, madeAt: 0 });
    await deps.jobs.insert(job);
    return job;
  };
  return { ...world, deps, pass, current, use, warnings };
}

describe('a data object that has expired', () => {
  test('is deleted with its content', async () => {
    const world = reconcilingWorld();
    const data = await world.uploaded(bytes, { expiresAt: '2026-12-01T00:00:00Z' });
    expect(await world.pass()).toBe(0);
    world.time.now = Date.parse('2026-12-01T00:00:00Z');
    expect(await world.pass()).toBe(1);
    expect(await world.current(data)).toBeUndefined();
    expect(world.contents.keys()).toEqual([]);
    expect(await world.pass()).toBe(0);
  });

  test('is kept while a job uses it, and checked again after a day', async () => {
    const world = reconcilingWorld();
    const data = await world.uploaded(bytes, { expiresAt: '2026-12-01T00:00:00Z' });
    await world.use(data);
    world.time.now = Date.parse('2026-12-01T00:00:00Z');
    await world.pass();
    expect(await world.current(data)).toMatchObject({ nextCheckAt: world.time.now + dayMs });
    expect(await world.current(data)).not.toHaveProperty('deletion');
    expect(await world.pass()).toBe(0);
    expect(world.contents.keys()).toEqual([contentKey(data)]);
  });
});

describe('an expiry that is extended while the object is being deleted', () => {
  const expiresAt = '2026-12-01T00:00:00Z';
  const ports = ['data', 'links', 'contents'] as const;

  /** A pass in which the expiry is edited before one of the calls. */
  async function editedAt(at: number, edited: string | null) {
    const world = reconcilingWorld();
    const data = await world.uploaded(bytes, { expiresAt });
    world.time.now = Date.parse(expiresAt);
    const key = { tenant: data.tenant, dataId: data.id };
    const edit = { key, edit: { expiresAt: edited }, meetsPrecondition: () => true };
    let response: string | undefined;
    const act = async () => {
      response = await editData(world.deps, edit).then(
        () => 'edited',
        (error) => error.slug ?? String(error),
      );
    };
    const { deps } = interruptedProcess(world.deps, ports, { beforeCall: at, act });
    await reconcileData(deps, { budgetEndsAt: Number.POSITIVE_INFINITY });
    return { ...world, uploaded: data, response };
  }

  test.each(['2026-12-05T00:00:00Z', null])(
    'to %s is refused, or the object is kept until then',
    async (edited) => {
      const responses: string[] = [];
      for (let at = 1; ; at += 1) {
        const { response, ...world } = await editedAt(at, edited);
        if (response === undefined) break;
        responses.push(response);
        for (let day = 0; day < 3; day += 1) {
          world.time.now += dayMs;
          await world.pass();
        }
        const isKept = response === 'edited';
        expect([at, (await world.current(world.uploaded)) !== undefined]).toEqual([at, isKept]);
        expect(world.contents.keys()).toEqual(isKept ? [contentKey(world.uploaded)] : []);
        world.time.now += 2 * dayMs;
        await world.pass();
        expect((await world.current(world.uploaded)) !== undefined).toBe(isKept && edited === null);
      }
      // Before and after the mark, and from the acceptance to the tombstone.
      expect(responses.filter((response) => response === 'edited').length).toBeGreaterThan(4);
      expect(new Set(responses)).toEqual(new Set(['edited', 'data-deleted']));
    },
  );

  test('does not withdraw a deletion that was requested since', async () => {
    const world = reconcilingWorld();
    const data = await world.uploaded(bytes, { expiresAt });
    world.time.now = Date.parse(expiresAt);
    const key = { tenant: data.tenant, dataId: data.id };
    /** A deletion whose process dies between the mark and the acceptance. */
    const marked = async (order: { by: string; onExpiry?: true }) => {
      const replace: typeof world.data.replace = async (next, ...rest) =>
        next.deletion?.accepted === true
          ? Promise.reject(new Error('the function died'))
          : world.data.replace(next, ...rest);
      const dying = { ...world.deps, data: { ...world.data, replace } };
      await expect(deleteUnlessUsed(dying, { key, ...order })).rejects.toThrow('the function died');
    };
    await marked({ by: 'expiry', onExpiry: true });
    await marked({ by: 'tester' });
    await editData(world.deps, { key, edit: { expiresAt: null }, meetsPrecondition: () => true });
    world.time.now += dayMs;
    await world.pass();
    expect(await world.data.tombstone(key)).toMatchObject({ by: 'tester' });
  });
});

describe('an output that has expired by the retention', () => {
  const origin = (jobId: string) => ({ kind: 'job', jobId, attempt: 1, slot: 'plot' }) as const;

  test('is kept until its job has ended, and then deleted', async () => {
    const world = reconcilingWorld({ dataRetentionDays: 1 });
    const job = executingJob({ tenant: 'acme' });
    await world.deps.jobs.insert(job);
    const data = await world.uploaded(bytes, {}, origin(job.id));
    world.time.now += dayMs;
    await world.pass();
    expect(await world.current(data)).toMatchObject({ nextCheckAt: world.time.now + dayMs });
    expect(await world.current(data)).not.toHaveProperty('deletion');
    await world.deps.jobs.replace({ ...job, status: 'failed', version: job.version + 1 }, job.version);
    world.time.now += dayMs;
    await world.pass();
    expect(await world.current(data)).toBeUndefined();
    expect(world.contents.keys()).toEqual([]);
  });

  test('is deleted if its job does not exist any more', async () => {
    const world = reconcilingWorld({ dataRetentionDays: 1 });
    const data = await world.uploaded(bytes, {}, origin(executingJob().id));
    world.time.now += dayMs;
    await world.pass();
    expect(await world.current(data)).toBeUndefined();
  });
});

describe('an upload that is never completed', () => {
  test('fails after seven days, and is deleted seven days later', async () => {
    const world = reconcilingWorld();
    const single = await world.create({ name: 'a', sizeBytes: bytes.length });
    await world.put(single, bytes);
    const parts = await world.create({ name: 'b' });
    await world.putParts(parts, [1], () => bytes);
    world.time.now += uploadLifetimeMs;
    expect(await world.pass()).toBe(2);
    for (const data of [single, parts]) {
      expect(await world.current(data)).toMatchObject({ status: 'failed' });
      expect(await world.current(data)).not.toHaveProperty('upload');
    }
    expect([world.contents.keys(), world.contents.uploadIds()]).toEqual([[], []]);
    world.time.now += 7 * dayMs;
    await world.pass();
    expect([await world.current(single), await world.current(parts)]).toEqual([undefined, undefined]);
  });
});

describe('content that arrives after the deletion of its object', () => {
  test.each([false, true])(
    'is removed once no URL can store it any more, if it was completed: %s',
    async (isCompleted) => {
      const world = reconcilingWorld();
      const data = await world.create({ name: 'a', sizeBytes: bytes.length });
      const put = await world.presigned(data);
      if (isCompleted) {
        expect((await put(bytes)).status).toBe(200);
        await world.complete(data);
      }
      const key = { tenant: data.tenant, dataId: data.id };
      expect(await deleteUnlessUsed(world.deps, { key, by: 'tester' })).toBe('deleted');
      world.time.now += urlLifetimeSeconds * 1000 - 1;
      expect((await put(bytes)).status).toBe(200);
      await world.pass();
      expect(world.contents.keys()).toEqual([contentKey(data)]);
      world.time.now += 30 * 60_000 + 1;
      expect((await put(bytes)).status).toBe(403);
      expect(await world.pass()).toBe(1);
      expect(world.contents.keys()).toEqual([]);
      expect(await world.pass()).toBe(0);
      expect(await world.data.tombstone(key)).toMatchObject({ by: 'tester' });
    },
  );
});

describe('an interrupted deletion', () => {
  test.each(['replace', 'replaceWithTombstone', 'remove'] as const)(
    'whose call died before %s is completed, or withdrawn if a job uses the object',
    async (step) => {
      for (const isUsed of [false, true]) {
        const world = reconcilingWorld();
        const data = await world.uploaded(bytes);
        const key = { tenant: data.tenant, dataId: data.id };
        let replaced = 0;
        const dying = {
          ...world.deps,
          data: {
            ...world.data,
            replace: async (...input: Parameters<typeof world.data.replace>) => {
              replaced += 1;
              if (step === 'replace' && replaced === 2) throw new Error('the function died');
              return world.data.replace(...input);
            },
            replaceWithTombstone: async (...input: Parameters<typeof world.data.replaceWithTombstone>) => {
              if (step === 'replaceWithTombstone') throw new Error('the function died');
              return world.data.replaceWithTombstone(...input);
            },
          },
          contents: {
            ...world.contents,
            remove: async (contentKeyToRemove: string) => {
              if (step === 'remove') throw new Error('the function died');
              return world.contents.remove(contentKeyToRemove);
            },
          },
        };
        await expect(deleteUnlessUsed(dying, { key, by: 'tester' })).rejects.toThrow('the function died');
        if (isUsed) await world.use(data);
        world.time.now += 60_000;
        await world.pass();
        const isWithdrawn = isUsed && step === 'replace';
        expect((await world.current(data)) !== undefined).toBe(isWithdrawn);
        expect(world.contents.keys().length).toBe(isWithdrawn ? 1 : 0);
        if (isWithdrawn) expect(await world.current(data)).not.toHaveProperty('deletion');
      }
    },
  );
});

test('an object that cannot be checked does not delay the others', async () => {
  const world = reconcilingWorld();
  const expiresAt = '2026-12-01T00:00:00Z';
  const [broken, other] = [
    await world.uploaded(bytes, { expiresAt }),
    await world.uploaded(bytes, { expiresAt }),
  ];
  world.time.now = Date.parse(expiresAt);
  const { get } = world.data;
  const deps = {
    ...world.deps,
    data: {
      ...world.data,
      get: async (key: Parameters<typeof get>[0]) =>
        key.dataId === broken.id ? Promise.reject(new Error('unreadable')) : get(key),
    },
  };
  expect(await reconcileData(deps, { budgetEndsAt: Number.POSITIVE_INFINITY })).toBe(1);
  expect(world.warnings).toEqual(['data-check-failed']);
  expect(await world.current(other)).toBeUndefined();
});
