import { describe, expect, test } from 'vitest';
import type { DataEdit } from '../../../core/contract/schemas/data-schemas.ts';
import { completeUpload } from '../../../core/data/complete-upload.ts';
import { createData } from '../../../core/data/create-data.ts';
import { tombstoneOfData } from '../../../core/data/data-tombstone.ts';
import { editData } from '../../../core/data/edit-data.ts';
import { getContent } from '../../../core/data/get-content.ts';
import { getData } from '../../../core/data/get-data.ts';
import { listData } from '../../../core/data/list-data.ts';
import { listParts } from '../../../core/data/list-parts.ts';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { Settings } from '../../../core/ports/settings.ts';
import { interruptedProcess } from '../../support/memory/interrupted-process.ts';
import { memoryIdempotencyStore } from '../../support/memory/memory-idempotency-store.ts';
import { dataWorld } from './data-world.ts';

const dayMs = 86_400_000;
const bytes = Buffer.from('content');
const description = { name: 'a-file', sizeBytes: bytes.length };

function world(settings: Partial<Settings> = {}) {
  const made = dataWorld(settings);
  return { ...made, deps: { ...made.deps, idempotency: memoryIdempotencyStore() } };
}

type World = ReturnType<typeof world>;

function create({ deps }: Pick<World, 'deps'>, key?: string, fingerprint = 'a-request') {
  return createData(deps, {
    tenant: 'acme',
    origin: { kind: 'upload', by: 'tester' },
    description,
    idempotency: key === undefined ? undefined : { key, fingerprint },
  });
}

describe('createData', () => {
  test('creates one object for each key, also when the first try died after the reservation of its ID', async () => {
    const made = world();
    const dying = {
      ...made.deps,
      data: { ...made.deps.data, insert: async () => Promise.reject(new Error('the function died')) },
    };
    await expect(create({ deps: dying }, 'k')).rejects.toThrow('the function died');
    const { data, replayed } = await create(made, 'k');
    expect(replayed).toBe(true);
    expect((await create(made, 'k')).data.id).toBe(data.id);
    expect((await listData(made.deps, { tenant: 'acme', limit: 10 })).data).toEqual([data]);
    await expect(create(made, 'k', 'another')).rejects.toMatchObject({ slug: 'idempotency-key-reused' });
    expect((await create(made)).data.id).not.toBe(data.id);
  });

  test('repeated while its object is deleted returns the object, or the problem of a deleted one', async () => {
    const outcomes: string[] = [];
    for (let at = 1; ; at += 1) {
      const made = world();
      const { data } = await create(made, 'k');
      let isReached = false;
      const act = async () => {
        isReached = true;
        const tombstone = tombstoneOfData(data, { by: 'another', now: made.time.now });
        expect(await made.data.replaceWithTombstone(tombstone, data.version)).toBe('replaced');
      };
      const { deps } = interruptedProcess(made.deps, ['data', 'idempotency'], { beforeCall: at, act });
      outcomes.push(
        await create({ deps }, 'k').then(
          ({ data: { id } }) => (id === data.id ? 'replayed' : 'created'),
          (error) => error.slug ?? String(error),
        ),
      );
      if (!isReached) break;
    }
    expect(outcomes).toEqual(['data-deleted', 'data-deleted', 'replayed']);
  });

  test('interrupted, and repeated while the object of another repetition is deleted, is no other object', async () => {
    const made = world();
    const dying = {
      ...made.deps,
      data: { ...made.data, insert: async () => Promise.reject(new Error('the function died')) },
    };
    await expect(create({ deps: dying }, 'k')).rejects.toThrow('the function died');
    const slow = {
      ...made.deps,
      data: {
        ...made.data,
        insert: async (data: DataObject) => {
          const { data: created } = await create(made, 'k');
          const tombstone = tombstoneOfData(created, { by: 'another', now: made.time.now });
          await made.data.replaceWithTombstone(tombstone, created.version);
          return made.data.insert(data);
        },
      },
    };
    await expect(create({ deps: slow }, 'k')).rejects.toMatchObject({
      slug: 'data-deleted',
      extension: { by: 'another' },
    });
  });
});

describe('a retention of 30 days', () => {
  const after30Days = Date.parse('2026-12-30T12:00:00Z');

  test('is the expiry of an object that is created without one, also of an interrupted creation', async () => {
    const made = world({ dataRetentionDays: 30 });
    expect((await create(made)).data).toMatchObject({ expiresAt: after30Days });
    const dying = {
      ...made.deps,
      data: { ...made.deps.data, insert: async () => Promise.reject(new Error('the function died')) },
    };
    await expect(create({ deps: dying }, 'k')).rejects.toThrow('the function died');
    made.time.now += dayMs;
    expect((await create(made, 'k')).data).toMatchObject({ expiresAt: after30Days + dayMs });
  });

  test('does not replace an expiry that the creator chose, and can be removed or changed', async () => {
    const made = world({ dataRetentionDays: 30 });
    for (const expiresAt of ['2026-12-01T00:00:00Z', '2999-01-01T00:00:00Z'])
      expect(await made.uploaded(bytes, { expiresAt })).toMatchObject({ expiresAt: Date.parse(expiresAt) });
    const { id: dataId } = await made.uploaded(bytes);
    const key = { tenant: 'acme', dataId };
    const edited = (edit: DataEdit) => editData(made.deps, { key, edit, meetsPrecondition: () => true });
    expect(await edited({ name: 'renamed' })).toMatchObject({ expiresAt: after30Days });
    const kept = await edited({ expiresAt: null });
    expect([kept.expiresAt, kept.nextCheckAt]).toEqual([undefined, undefined]);
    expect(await edited({ expiresAt: '2999-01-01' })).toMatchObject({ expiresAt: Date.parse('2999-01-01') });
  });

  test('of 0 days is none', async () => {
    expect((await create(world({ dataRetentionDays: 0 }))).data).not.toHaveProperty('expiresAt');
  });
});

describe('getData and getContent', () => {
  test('find objects of their tenant only', async () => {
    const made = world();
    const { id: dataId } = await made.uploaded(bytes);
    const key = { tenant: 'acme', dataId };
    expect((await getData(made.deps, key)).id).toBe(dataId);
    const { url, expiresAt } = await getContent(made.deps, key);
    expect(await (await made.contents.fetch(url)).text()).toBe('content');
    expect(Date.parse(expiresAt) - made.time.now).toBe(900_000);
    made.time.now += 900_000;
    expect((await made.contents.fetch(url)).status).toBe(403);
    const foreign = { tenant: 'other', dataId };
    await expect(getData(made.deps, foreign)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(getContent(made.deps, foreign)).rejects.toMatchObject({ slug: 'not-found' });
  });
});

describe('listParts', () => {
  test('returns every part once, in pages', async () => {
    const made = world();
    const data = await made.create({ name: 'large', sizeBytes: 100_000_001 });
    const numbers: number[] = [];
    for (let from: number | undefined = 1; from !== undefined; ) {
      const page: Awaited<ReturnType<typeof listParts>> = await listParts(made.deps, data, {
        from,
        limit: 4,
      });
      numbers.push(...page.parts.map(({ number }) => number));
      from = page.nextFrom;
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await listParts(made.deps, data, { from: 7, limit: 4 })).toEqual({ parts: [] });
  });

  test('refuses an object that is uploaded with one PUT, or is available', async () => {
    const made = world();
    for (const data of [await made.create(description), await made.uploaded(bytes)])
      await expect(listParts(made.deps, data, { from: 1, limit: 4 })).rejects.toMatchObject({
        slug: 'data-not-available',
      });
  });
});

describe('editData', () => {
  test('moves the next check with the expiry', async () => {
    const made = world();
    const { id: dataId } = await made.uploaded(bytes);
    const edit = (expiresAt: string | null) =>
      editData(made.deps, {
        key: { tenant: 'acme', dataId },
        edit: { expiresAt },
        meetsPrecondition: () => true,
      });
    const at = Date.parse('2027-01-01T00:00:00Z');
    expect(await edit('2027-01-01')).toMatchObject({ expiresAt: at, nextCheckAt: at });
    const without = await edit(null);
    expect(without).not.toHaveProperty('expiresAt');
    expect(without).not.toHaveProperty('nextCheckAt');
  });
});

test('completeUpload changes nothing if its caller expects another object', async () => {
  const made = world();
  const data = await made.create(description);
  await made.put(data, bytes);
  const input = { key: { tenant: 'acme', dataId: data.id }, completion: {} };
  const check = () => {
    throw new Error('another object');
  };
  await expect(completeUpload(made.deps, { ...input, check })).rejects.toThrow('another object');
  expect((await getData(made.deps, input.key)).status).toBe('uploading');
  expect((await completeUpload(made.deps, input)).kind).toBe('available');
});
