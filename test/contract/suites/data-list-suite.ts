import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { dataStatuses } from '../../../core/contract/schemas/data-schemas.ts';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { DataListQuery, DataStore } from '../../../core/ports/data/data-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { aDataObject, arbitraryDataObject, availableData, changed } from '../../support/data/data-objects.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { listOf } from '../../support/memory/memory-data-store.ts';

/** All objects of a list, page by page; fails when a page is too long or the list does not advance. */
async function readAll(store: DataStore, query: DataListQuery): Promise<readonly DataObject[]> {
  const objects: DataObject[] = [];
  const positions = new Set<string>();
  let after = query.after;
  do {
    const page = await store.list({ ...query, ...omitUndefined({ after }) });
    expect(page.data.length).toBeLessThanOrEqual(query.limit);
    objects.push(...page.data);
    after = page.next;
    if (after === undefined) break;
    expect(positions.has(after), 'the list returns to an earlier position').toBe(false);
    positions.add(after);
  } while (positions.size < 200);
  return objects;
}

const someId = arbitraryDataObject().map(({ id }) => id);
const someMoment = fc.nat(2 ** 42);
const namePrefixes = ['w', 'weather', '../', '#', 'n', 'n'.repeat(984), `${'n'.repeat(984)}a`, '\u{10ffff}'];

/** Any list, with any combination of filters. */
const listQuery = fc.record(
  {
    ids: fc.array(someId, { minLength: 1, maxLength: 3 }),
    tag: fc.constantFrom('red', 'blue', 'a,b', '#', 'red#', '\0', 'unknown'),
    namePrefix: fc.constantFrom(...namePrefixes),
    mediaType: fc.constantFrom('text/csv', 'text/csv; charset=utf-8', 'a/b#data#c', 'un/known'),
    status: fc.constantFrom(...dataStatuses),
    origin: fc.constantFrom('upload' as const, 'job' as const),
    jobId: fc.constantFrom(jobIdAt(5), jobIdAt(6), jobIdAt(7)),
    createdAfter: someMoment,
    createdBefore: someMoment,
    order: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ['limit'], noNullPrototype: true },
);
type RandomQuery = typeof listQuery extends fc.Arbitrary<infer Query> ? Query : never;

const filterNames = ['ids', 'tag', 'namePrefix', 'mediaType', 'status', 'origin', 'jobId'] as const;
const timeNames = ['createdAfter', 'createdBefore'] as const;
const keptNames = fc
  .tuple(fc.subarray([...filterNames], { maxLength: 2 }), fc.subarray([...timeNames]))
  .map((names) => names.flat());

/** Most lists use one filter or two; some IDs belong to stored objects. */
function queryOf(
  tenant: string,
  [random, kept]: readonly [RandomQuery, readonly string[]],
  objects: readonly DataObject[],
): DataListQuery {
  const { limit, order, ...filters } = random;
  const chosen: Partial<RandomQuery> = Object.fromEntries(
    Object.entries(filters).filter(([name]) => kept.includes(name)),
  );
  const ids =
    chosen.ids === undefined ? {} : { ids: [...chosen.ids, ...objects.slice(0, 7).map(({ id }) => id)] };
  return { ...omitUndefined({ order }), ...chosen, ...ids, tenant, limit };
}

/** The contract of every store of data objects for lists. */
export function describeDataLists(makeStore: () => Promise<DataStore>): void {
  let store: DataStore;
  beforeAll(async () => {
    store = await makeStore();
  });
  const population = fc.uniqueArray(arbitraryDataObject(), { selector: ({ id }) => id, maxLength: 30 });
  const insertInto = async (tenant: string, random: readonly DataObject[]) => {
    const objects = random.map((data) => ({ ...data, tenant }));
    await Promise.all(objects.map((data) => store.insert(data)));
    return objects;
  };

  test('a list contains the matching objects in the requested order, for all filters and page sizes', async () => {
    let run = 0;
    const queries = fc.array(fc.tuple(listQuery, keptNames), { minLength: 12, maxLength: 12 });
    const property = fc.asyncProperty(population, queries, async (random, asked) => {
      run += 1;
      const tenant = `tenant-${run}`;
      const objects = await insertInto(tenant, random);
      for (const one of asked) {
        const query = queryOf(tenant, one, objects);
        expect(await readAll(store, query)).toStrictEqual(listOf(objects, query));
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  test('a list by names contains every object once, for any characters in names', async () => {
    let run = 0;
    const property = fc.asyncProperty(population, async (random) => {
      run += 1;
      const tenant = `named-${run}`;
      const objects = await insertInto(tenant, random);
      for (const order of ['asc', 'desc'] as const)
        for (const [index, namePrefix] of namePrefixes.entries()) {
          const query = { tenant, namePrefix, order, limit: 1 + (index % 3) };
          expect(await readAll(store, query)).toStrictEqual(listOf(objects, query));
        }
    });
    await fc.assert(property, { numRuns: 10 });
  });

  test('a position that is not in the list is refused', async () => {
    const tenant = 'made-up';
    await store.insert(aDataObject({ tenant, tags: ['red'] }));
    const id = jobIdAt(someTime);
    for (const query of [
      { namePrefix: 'w', after: `other#${id}` },
      { namePrefix: 'w', after: id },
      { namePrefix: 'w', after: `${'w'.repeat(985)}#${id}` },
      { after: `weather.csv#${id}` },
      { tag: 'red', after: `red#${id}` },
      { status: 'failed' as const, after: `#${id}` },
      { createdBefore: someTime - 5, after: id },
    ])
      await expect(store.list({ tenant, limit: 5, ...query })).rejects.toMatchObject({ slug: 'bad-cursor' });
  });

  test('the last page is recognized when the page size divides the length of the list', async () => {
    const jobId = jobIdAt(77);
    const origin = { kind: 'job', jobId, attempt: 1, slot: 'plot' } as const;
    const objects = [1, 2, 3, 4].map((offset) =>
      availableData({ tenant: 'even', id: jobIdAt(someTime + offset), tags: ['even'], origin }),
    );
    for (const data of objects) await store.insert(data);
    const newest = objects.toReversed();
    for (const filter of [
      {},
      { status: 'available' as const },
      { origin: 'job' as const },
      { jobId },
      { tag: 'even' },
      { mediaType: 'text/csv' },
      { namePrefix: 'we' },
      { ids: objects.map(({ id }) => id) },
    ]) {
      const first = await store.list({ tenant: 'even', limit: 2, ...filter });
      expect(first.data).toStrictEqual(newest.slice(0, 2));
      expect(first.next).toBeDefined();
      const last = await store.list({ tenant: 'even', limit: 2, ...filter, after: first.next ?? '' });
      expect(last.data).toStrictEqual(newest.slice(2));
      expect(last.next).toBeUndefined();
    }
  });

  test('an object is found by its current tags, name and status only', async () => {
    const data = aDataObject({ tenant: 'edited', tags: ['old', 'kept'], name: 'first' });
    await store.insert(data);
    const edited = changed(data, { tags: ['kept', 'new'], name: 'first-second', status: 'available' });
    await store.replace(edited, 1, data);
    const found = async (filter: Partial<DataListQuery>) =>
      (await store.list({ tenant: 'edited', limit: 5, ...filter })).data;
    for (const filter of [
      { tag: 'kept' },
      { tag: 'new' },
      { namePrefix: 'first' },
      { namePrefix: 'first-' },
      { status: 'available' as const },
      { origin: 'upload' as const },
    ])
      expect(await found(filter)).toStrictEqual([edited]);
    for (const filter of [{ tag: 'old' }, { status: 'uploading' as const }, { origin: 'job' as const }])
      expect(await found(filter)).toStrictEqual([]);
    await store.replace(changed(edited, { name: 'third', tags: [] }), 2, edited);
    for (const filter of [{ namePrefix: 'first' }, { tag: 'new' }])
      expect(await found(filter)).toStrictEqual([]);
  });

  test('a list of a tenant without objects, or of another tenant, is empty', async () => {
    await store.insert(aDataObject({ tenant: 'owner', tags: ['red'] }));
    for (const filter of [{}, { tag: 'red' }, { namePrefix: 'w' }, { status: 'uploading' as const }])
      expect(await store.list({ tenant: 'nobody', limit: 10, ...filter })).not.toHaveProperty('data.0');
  });
}
