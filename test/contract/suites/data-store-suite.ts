import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { DataKey, DataStore } from '../../../core/ports/data/data-store.ts';
import { aDataObject, arbitraryDataObject, availableData, changed } from '../../support/data/data-objects.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { describeDataLists } from './data-list-suite.ts';

/** The contract of every store of data objects. `makeStore` returns an empty store; the caller cleans up. */
export function describeDataStore(makeStore: () => Promise<DataStore>): void {
  describe('single data objects', () => describeSingleObjects(makeStore));
  describe('lists of data objects', () => describeDataLists(makeStore));
  describe('due data objects', () => describeDueData(makeStore));
  describe('deleted data objects', () => describeDeletedData(makeStore));
}

function keyOf({ tenant, id: dataId }: DataObject): DataKey {
  return { tenant, dataId };
}

function describeSingleObjects(makeStore: () => Promise<DataStore>): void {
  let store: DataStore;
  let made = 0;
  const fresh = () => {
    made += 1;
    return aDataObject({ id: jobIdAt(someTime + made) });
  };
  beforeAll(async () => {
    store = await makeStore();
  });

  test('any object is returned as it was inserted', async () => {
    let run = 0;
    const property = fc.asyncProperty(arbitraryDataObject(), async (random) => {
      run += 1;
      const data = { ...random, tenant: `tenant-${run}` };
      expect(await store.insert(data)).toBe('inserted');
      expect(await store.get(keyOf(data))).toStrictEqual(data);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('any object is returned as it was replaced', async () => {
    let run = 0;
    const pair = fc.tuple(arbitraryDataObject(), arbitraryDataObject());
    const property = fc.asyncProperty(pair, async ([first, second]) => {
      run += 1;
      const tenant = `changing-${run}`;
      const next = { ...second, tenant, id: first.id };
      await store.insert({ ...first, tenant });
      expect(await store.replace(next, first.version, { ...first, tenant })).toBe('replaced');
      expect(await store.get(keyOf(next))).toStrictEqual(next);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  test('exactly one of several concurrent inserts of an ID is accepted', async () => {
    const data = fresh();
    const names = ['a', 'b', 'c', 'd'];
    const outcomes = await Promise.all(names.map((name) => store.insert({ ...data, name })));
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1);
    const stored = await store.get(keyOf(data));
    expect(stored?.name).toBe(names[outcomes.indexOf('inserted')]);
  });

  test('an object that was not inserted, or that belongs to another tenant, is not found', async () => {
    const data = fresh();
    expect(await store.get(keyOf(data))).toBeUndefined();
    await store.insert(data);
    expect(await store.get({ tenant: 'other', dataId: data.id })).toBeUndefined();
    expect(await store.getMany('other', [data.id])).toStrictEqual([]);
  });

  test('a version that is not the stored one, or a missing object, is not replaced', async () => {
    const data = fresh();
    expect(await store.replace(data, 1)).toBe('conflict');
    await store.insert(data);
    const next = changed(data, { sizeBytes: 1 });
    expect(await store.replace(next, 2)).toBe('conflict');
    expect(await store.get(keyOf(data))).toStrictEqual(data);
    expect(await store.replace(next, 1)).toBe('replaced');
    expect(await store.replace(next, 1)).toBe('conflict');
  });

  test('exactly one of several writers of the same version is accepted', async () => {
    const data = fresh();
    await store.insert(data);
    const writers = [2, 3, 4, 5].map((sizeBytes) => changed(data, { sizeBytes }));
    const outcomes = await Promise.all(writers.map((writer) => store.replace(writer, 1)));
    const accepted = writers.filter((_, index) => outcomes[index] === 'replaced');
    expect(accepted).toHaveLength(1);
    expect(await store.get(keyOf(data))).toStrictEqual(accepted[0]);
  });

  test('several objects are returned in the requested order, without missing ones', async () => {
    const objects = Array.from({ length: 120 }, (_, index) =>
      availableData({ tenant: 'many', id: jobIdAt(someTime, BigInt(index)) }),
    );
    await Promise.all(objects.map((data) => store.insert(data)));
    const ids = objects.map(({ id }) => id).toReversed();
    expect(await store.getMany('many', [...ids, jobIdAt(3)])).toStrictEqual(objects.toReversed());
    expect(await store.getMany('many', [])).toStrictEqual([]);
  });
}

function describeDueData(makeStore: () => Promise<DataStore>): void {
  const due = (offset: number, nextCheckAt: number, tenant = 'local') =>
    aDataObject({ tenant, id: jobIdAt(someTime + offset), nextCheckAt });

  test('the due objects of all tenants are returned, the earliest first, and no others', async () => {
    const store = await makeStore();
    const objects = [due(1, 2000, 'a'), due(2, 1000, 'b'), due(3, 2001, 'a')];
    for (const data of objects) await store.insert(data);
    await store.insert(availableData({ id: jobIdAt(someTime + 4) }));
    const expected = [objects[1], objects[0]].flatMap((data) => (data === undefined ? [] : keyOf(data)));
    expect(await store.listDue(2000, 10)).toStrictEqual(expected);
    expect(await store.listDue(2000, 1)).toStrictEqual(expected.slice(0, 1));
    expect(await store.listDue(999, 10)).toStrictEqual([]);
  });

  test('of many due objects, the earliest are returned', async () => {
    const store = await makeStore();
    const objects = Array.from({ length: 40 }, (_, index) => due(index, 1000 + ((index * 37) % 40)));
    await Promise.all(objects.map((data) => store.insert(data)));
    const expected = objects
      .toSorted((left, right) => (left.nextCheckAt ?? 0) - (right.nextCheckAt ?? 0))
      .map(keyOf);
    for (const limit of [1, 7, 40, 100])
      expect(await store.listDue(2000, limit)).toStrictEqual(expected.slice(0, limit));
  });

  test('an object follows its time, and is no longer due without one', async () => {
    const store = await makeStore();
    const data = due(1, 1000);
    await store.insert(data);
    const later = changed(data, { nextCheckAt: 5000 });
    await store.replace(later, 1, data);
    expect(await store.listDue(4999, 10)).toStrictEqual([]);
    expect(await store.listDue(5000, 10)).toStrictEqual([keyOf(data)]);
    await store.replace(availableData({ id: data.id, version: 3 }), 2, later);
    expect(await store.listDue(Number.MAX_SAFE_INTEGER, 10)).toStrictEqual([]);
  });

  test('a tombstone is due until it is settled', async () => {
    const store = await makeStore();
    const data = due(1, 1000);
    await store.insert(data);
    const tombstone = { deletedAt: someTime, by: 'key-1', data, removeAfter: 7000 };
    await store.replaceWithTombstone(tombstone, 1);
    expect(await store.listDue(6999, 10)).toStrictEqual([]);
    expect(await store.listDue(7000, 10)).toStrictEqual([keyOf(data)]);
    await store.settleTombstone(keyOf(data));
    await store.settleTombstone(keyOf(data));
    expect(await store.listDue(7000, 10)).toStrictEqual([]);
    const { removeAfter: _, ...settled } = tombstone;
    expect(await store.tombstone(keyOf(data))).toStrictEqual(settled);
  });

  test('settling changes neither an object nor a missing one', async () => {
    const store = await makeStore();
    const data = due(1, 1000);
    await store.settleTombstone(keyOf(data));
    expect(await store.insert(data)).toBe('inserted');
    await store.settleTombstone(keyOf(data));
    expect(await store.get(keyOf(data))).toStrictEqual(data);
  });
}

function describeDeletedData(makeStore: () => Promise<DataStore>): void {
  let store: DataStore;
  let made = 0;
  beforeAll(async () => {
    store = await makeStore();
  });

  async function deleted(tenant: string) {
    made += 1;
    const origin = { kind: 'job', jobId: jobIdAt(9), attempt: 1, slot: 'plot' } as const;
    const data = availableData({ tenant, id: jobIdAt(someTime + made), tags: ['red'], origin });
    await store.insert(data);
    const tombstone = { deletedAt: someTime + 99, by: 'key-1', data };
    expect(await store.replaceWithTombstone(tombstone, data.version)).toBe('replaced');
    return { data, tombstone };
  }

  test('the tombstone replaces the object', async () => {
    const { data, tombstone } = await deleted('one');
    expect(await store.tombstone(keyOf(data))).toStrictEqual(tombstone);
    expect(await store.get(keyOf(data))).toBeUndefined();
    expect(await store.getMany('one', [data.id])).toStrictEqual([]);
    expect(await store.tombstone({ ...keyOf(data), tenant: 'other' })).toBeUndefined();
  });

  test('a deleted object is in no list, and lists continue after it', async () => {
    const left = availableData({ tenant: 'lists', id: jobIdAt(someTime - 5), tags: ['red'] });
    await store.insert(left);
    const { data } = await deleted('lists');
    for (const filter of [
      {},
      { tag: 'red' },
      { namePrefix: 'w' },
      { mediaType: 'text/csv' },
      { status: 'available' as const },
      { ids: [left.id, data.id] },
    ]) {
      const page = await store.list({ tenant: 'lists', limit: 1, ...filter });
      expect(page.data).toStrictEqual([left]);
    }
    expect((await store.list({ tenant: 'lists', limit: 5, jobId: jobIdAt(9) })).data).toStrictEqual([]);
  });

  test('nothing is created, written or deleted under the ID of a deleted object', async () => {
    const { data, tombstone } = await deleted('taken');
    expect(await store.insert(data)).toBe('exists');
    for (const version of [0, 1, data.version]) {
      expect(await store.replace(data, version)).toBe('conflict');
      expect(await store.replaceWithTombstone(tombstone, version)).toBe('conflict');
    }
    expect(await store.tombstone(keyOf(data))).toStrictEqual(tombstone);
  });

  test('an object that was written since is kept', async () => {
    const data = availableData({ tenant: 'kept' });
    await store.insert(data);
    const tombstone = { deletedAt: someTime, by: 'key-1', data };
    expect(await store.replaceWithTombstone(tombstone, 2)).toBe('conflict');
    expect(await store.get(keyOf(data))).toStrictEqual(data);
    expect(await store.tombstone(keyOf(data))).toBeUndefined();
  });

  test('exactly one of a concurrent write and deletion is accepted', async () => {
    const data = availableData({ tenant: 'race' });
    await store.insert(data);
    const outcomes = await Promise.all([
      store.replace(changed(data, { name: 'new' }), 1, data),
      store.replaceWithTombstone({ deletedAt: someTime, by: 'key-1', data }, 1),
    ]);
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(1);
  });
}
