import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { dueShard } from '../../../aws/dynamodb/job-items/due-shard.ts';
import { jobStatuses } from '../../../core/contract/job-state.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import { withWrite } from '../../../core/jobs/model/transition-job.ts';
import type { JobKey, JobListQuery, JobStore, MetadataCondition } from '../../../core/ports/job-store.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { arbitraryJob } from '../../support/jobs/arbitrary-job.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { keyText } from '../../support/jobs/key-text.ts';
import { listOf } from '../../support/memory/memory-job-store.ts';
import { describeTombstones } from './tombstone-suite.ts';

/** The contract of every job store. `makeStore` returns an empty store; the caller cleans up. */
export function describeJobStore(makeStore: () => Promise<JobStore>): void {
  describe('single jobs', () => describeSingleJobs(makeStore));
  describe('lists', () => describeLists(makeStore));
  describe('due jobs', () => describeDue(makeStore));
  describe('deleted jobs', () => describeTombstones(makeStore));
}

function keyOf(job: Job): JobKey {
  return { tenant: job.tenant, jobId: job.id };
}

function describeSingleJobs(makeStore: () => Promise<JobStore>): void {
  let store: JobStore;
  let made = 0;
  const freshJob = (given: Partial<Job> = {}) => {
    made += 1;
    return aJob({ id: jobIdAt(someTime + made), ...given });
  };
  beforeAll(async () => {
    store = await makeStore();
  });

  test('returns any valid job as it was inserted', async () => {
    let run = 0;
    const property = fc.asyncProperty(arbitraryJob(), async (random) => {
      run += 1;
      const job = { ...random, tenant: `tenant-${run}` };
      expect(await store.insert(job)).toBe('inserted');
      expect(await store.get(keyOf(job))).toStrictEqual(job);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test('returns any valid job as it was replaced', async () => {
    let run = 0;
    const property = fc.asyncProperty(arbitraryJob(), arbitraryJob(), async (first, second) => {
      run += 1;
      const tenant = `changing-${run}`;
      const next = { ...second, tenant, id: first.id };
      await store.insert({ ...first, tenant });
      expect(await store.replace(next, first.version)).toBe('replaced');
      expect(await store.get(keyOf(next))).toStrictEqual(next);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test('refuses a second job with the same ID and keeps the first', async () => {
    const job = freshJob();
    await store.insert(job);
    expect(await store.insert({ ...job, owner: 'someone-else' })).toBe('exists');
    expect(await store.get(keyOf(job))).toStrictEqual(job);
  });

  test('accepts exactly one of several concurrent inserts', async () => {
    const job = freshJob();
    const outcomes = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((owner) => store.insert({ ...job, owner })),
    );
    expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(1);
  });

  test('finds no job that was not inserted, and no job of another tenant with the same ID', async () => {
    const job = freshJob();
    expect(await store.get(keyOf(job))).toBeUndefined();
    await store.insert(job);
    expect(await store.get({ tenant: 'other', jobId: job.id })).toBeUndefined();
  });

  test('refuses to replace a version that is not the stored one', async () => {
    const job = freshJob();
    await store.insert(job);
    const next = withWrite(job, someTime, { starts: 2 });
    expect(await store.replace(next, 2)).toBe('conflict');
    expect(await store.get(keyOf(job))).toStrictEqual(job);
    expect(await store.replace(next, 1)).toBe('replaced');
    expect(await store.replace(next, 1)).toBe('conflict');
  });

  test('does not create a job when it replaces a missing one', async () => {
    const job = freshJob();
    expect(await store.replace(job, 1)).toBe('conflict');
    expect(await store.get(keyOf(job))).toBeUndefined();
  });

  test('accepts exactly one of several writers of the same version', async () => {
    const job = freshJob();
    await store.insert(job);
    const writers = [2, 3, 4, 5, 6].map((starts) => withWrite(job, someTime, { starts }));
    const outcomes = await Promise.all(writers.map((writer) => store.replace(writer, 1)));
    const won = writers.filter((_, index) => outcomes[index] === 'replaced');
    expect(won).toHaveLength(1);
    expect(await store.get(keyOf(job))).toStrictEqual(won[0]);
  });
}

/** All jobs of a list, page by page; fails when a page is too long or the list does not advance. */
async function readAll(store: JobStore, query: JobListQuery): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  const positions = new Set<string>();
  let after = query.after;
  do {
    const page = await store.list({ ...query, ...omitUndefined({ after }) });
    expect(page.jobs.length).toBeLessThanOrEqual(query.limit);
    jobs.push(...page.jobs);
    after = page.next;
    if (after === undefined) break;
    expect(positions.has(after), 'the list comes back to where it was').toBe(false);
    positions.add(after);
  } while (positions.size < 200);
  return jobs;
}

const serviceNames = ['echo', 'csv', 'csv-profile'] as const;
/** Some names start like a service, some contain the separators of a key. */
const ownName = fc.oneof(
  fc.constantFrom('c', 'csv#', 'csv#1', 'csv-', 'echo!', 'é', '\u{10ffff}x', '\uffeex', 'echo 2'),
  keyText(serviceNames),
);

/** Numbers and texts that are equal, or that a careless encoding would confuse or put in another order. */
const indexableValue = fc.constantFrom<string | number>(
  ...[0, 1, 7, 10, -1, -10, 0.5, -0.5, 1e-300, -1e-300, 1e300, -1e300, 2 ** 53 - 1],
  ...['', '7', '0', 'n7', '#', 'a#b', 'é', '\0', 'x'.repeat(256)],
);
const memberName = fc.constantFrom('run', 'run-2', 'run_', 'valueOf');
/** Also values that are not indexed: of other types, or too large. */
const listedMetadata = fc.dictionary(
  memberName,
  fc.oneof(
    { weight: 8, arbitrary: indexableValue },
    { weight: 1, arbitrary: fc.constantFrom(null, true, [7], { a: 7 }, 'x'.repeat(257)) },
  ),
  { noNullPrototype: true },
);
const metadataCondition: fc.Arbitrary<MetadataCondition> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('equals' as const),
      name: memberName,
      values: fc.uniqueArray(indexableValue, { minLength: 1, maxLength: 2 }),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      kind: fc.constant('range' as const),
      name: memberName,
      min: fc.constantFrom(-1e300, -1, -0.5, 0, -0, 7, 10),
      max: fc.constantFrom(-1, 0, -0, 7, 9.99, 1e300),
    },
    { requiredKeys: ['kind', 'name'], noNullPrototype: true },
  ),
);

/** A job with one of few services, names, tags and members of the metadata, so that each filter finds some. */
const listedJob = fc
  .tuple(
    arbitraryJob({ serviceNames }),
    fc.subarray(['red', 'blue', 'a,b', '#', 'red#', '\0']),
    fc.constantFrom(undefined, 'red', 'night #7'),
    fc.option(ownName, { nil: undefined }),
    listedMetadata,
    fc.subarray(['run', 'run-2', 'run_', 'valueOf'], { minLength: 1 }),
  )
  .map(
    ([{ group: _, ...job }, tags, group, name, metadata, indexedMetadata]): Job => ({
      ...job,
      tags,
      ...omitUndefined({ group }),
      name: name ?? job.service?.name ?? '',
      metadata,
      indexedMetadata,
    }),
  );

const someId = arbitraryJob().map(({ id }) => id);
const someMoment = arbitraryJob().map(({ requestedAt }) => requestedAt);

/** Any list of these jobs, with any combination of filters. */
const listQuery = fc.record(
  {
    ids: fc.array(someId, { minLength: 1, maxLength: 3 }),
    parentId: fc.constant(jobIdAt(5)),
    tag: fc.constantFrom('red', 'blue', 'a,b', '#', 'red#', '\0', 'unknown'),
    group: fc.constantFrom('red', 'night #7', 'blue'),
    metadata: fc.array(metadataCondition, { maxLength: 2 }),
    statuses: fc.uniqueArray(fc.constantFrom(...jobStatuses), { minLength: 1, maxLength: 12 }),
    services: fc.uniqueArray(fc.constantFrom(...serviceNames, 'unknown'), { minLength: 1, maxLength: 3 }),
    serviceVersion: fc.constantFrom('1.0.0', '10.20.30'),
    namePrefix: fc.constantFrom('c', 'csv', 'csv-', 'csv#', 'echo', 'é', '#', '\0', '\u{10ffff}', 'zzz'),
    createdAfter: someMoment,
    createdBefore: someMoment,
    order: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ['limit'], noNullPrototype: true },
);

/** Most lists use one filter or two; some ids belong to stored jobs. */
function queryOf(query: JobListQuery, keep: readonly string[], jobs: readonly Job[]): JobListQuery {
  const always = ['tenant', 'limit', 'order', 'after'];
  const kept = Object.entries(query).filter(([name]) => always.includes(name) || keep.includes(name));
  const { ids, ...rest } = Object.fromEntries(kept) as unknown as JobListQuery; // some of its members
  return ids === undefined ? rest : { ...rest, ids: [...ids, ...jobs.slice(0, 7).map(({ id }) => id)] };
}

function describeLists(makeStore: () => Promise<JobStore>): void {
  let store: JobStore;
  beforeAll(async () => {
    store = await makeStore();
  });

  const population = fc.uniqueArray(listedJob, { selector: ({ id }) => id, maxLength: 30 });
  const filterNames = [
    'ids',
    'parentId',
    'tag',
    'group',
    'metadata',
    'statuses',
    'services',
    'serviceVersion',
    'namePrefix',
  ];
  const query = fc.tuple(listQuery, fc.subarray(filterNames, { maxLength: 2 }));

  test('returns the matching jobs in the requested order, for all filters and page sizes', async () => {
    let run = 0;
    const property = fc.asyncProperty(
      population,
      fc.array(query, { minLength: 12, maxLength: 12 }),
      async (random, queries) => {
        run += 1;
        const tenant = `tenant-${run}`;
        const jobs = random.map((job) => ({ ...job, tenant }));
        await Promise.all(jobs.map((job) => store.insert(job)));
        for (const [random, filters] of queries) {
          const wanted = queryOf({ ...random, tenant }, [...filters, 'createdAfter', 'createdBefore'], jobs);
          expect(await readAll(store, wanted)).toStrictEqual(listOf(jobs, wanted));
        }
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  test('returns every job by its name once and then ends, for any characters in names', async () => {
    let run = 0;
    const property = fc.asyncProperty(population, async (random) => {
      run += 1;
      const tenant = `named-${run}`;
      const jobs = random.map((job) => ({ ...job, tenant }));
      await Promise.all(jobs.map((job) => store.insert(job)));
      for (const order of ['asc', 'desc'] as const) {
        for (const [namePrefix, limit] of [
          ['c', 1],
          ['csv', 2],
          ['echo', 1],
        ] as const) {
          const wanted = { tenant, namePrefix, order, limit };
          expect(await readAll(store, wanted)).toStrictEqual(listOf(jobs, wanted));
        }
      }
    });
    await fc.assert(property, { numRuns: 15 });
  });

  test.each(['asc', 'desc'] as const)(
    'continues after a name with # in a list by names that is %s',
    async (order) => {
      const tenant = `numbered-${order}`;
      const names = [
        'render',
        'render',
        'render#1',
        'render',
        'render#1#2',
        'render#',
        'render!',
        'render-x',
      ];
      const jobs = names.map((name, index) =>
        aJob({ tenant, id: jobIdAt(someTime + index), name, service: { name: 'render', version: '1.0.0' } }),
      );
      for (const job of jobs) await store.insert(job);
      for (const limit of [1, 2, 3]) {
        const wanted = { tenant, namePrefix: 'render', order, limit };
        expect(await readAll(store, wanted)).toStrictEqual(listOf(jobs, wanted));
      }
    },
  );

  test('refuses a position that is not in the list, such as one that a caller made up', async () => {
    const tenant = 'made-up';
    await store.insert(aJob({ tenant, tags: ['red'] }));
    const id = jobIdAt(someTime);
    for (const query of [
      { namePrefix: 'ec', after: `other#${id}` },
      { namePrefix: 'ec', after: id },
      { after: `echo#${id}` },
      { tag: 'red', after: `red#${id}` },
      { group: 'red', after: `red#${id}` },
      { statuses: ['failed'] as const, after: `#${id}` },
      { createdBefore: someTime - 5, after: id },
      { metadata: [{ kind: 'equals', name: 'run', values: [7] }] as const, after: `#${id}` },
      { metadata: [{ kind: 'range', name: 'run' }] as const, after: id },
      { metadata: [{ kind: 'range', name: 'run' }] as const, after: `7x#${id}` },
    ])
      await expect(store.list({ tenant, limit: 5, ...query })).rejects.toMatchObject({ slug: 'bad-cursor' });
  });

  test('recognizes the last page when the page size divides the length of the list', async () => {
    const jobs = [1, 2, 3, 4].map((offset) =>
      aJob({
        tenant: 'even',
        id: jobIdAt(someTime + offset),
        tags: ['even'],
        metadata: { run: 7, site: 'north' },
        indexedMetadata: ['run', 'site'],
      }),
    );
    for (const job of jobs) await store.insert(job);
    const newest = jobs.toReversed();
    for (const filter of [
      {},
      { services: ['echo'] },
      { statuses: ['pending'] as const },
      { tag: 'even' },
      { metadata: [{ kind: 'equals', name: 'run', values: ['7', 7] }] as const },
      { metadata: [{ kind: 'equals', name: 'site', values: ['north'] }] as const },
      { metadata: [{ kind: 'range', name: 'run', min: 7, max: 7 }] as const },
      { namePrefix: 'ec' },
      { ids: jobs.map(({ id }) => id) },
    ]) {
      const first = await store.list({ tenant: 'even', limit: 2, ...filter });
      expect(first.jobs).toStrictEqual(newest.slice(0, 2));
      expect(first.next).toBeDefined();
      const last = await store.list({ tenant: 'even', limit: 2, ...filter, after: first.next ?? '' });
      expect(last.jobs).toStrictEqual(newest.slice(2));
      expect(last.next).toBeUndefined();
    }
  });

  test('finds a job by its current tags and its current name', async () => {
    const job = aJob({ tenant: 'edited', tags: ['old', 'kept'], name: 'first' });
    await store.insert(job);
    const edited = withWrite(job, someTime, { tags: ['kept', 'new'], name: 'first-second' });
    await store.replace(edited, 1, job);
    const found = async (filter: Partial<JobListQuery>) =>
      (await store.list({ tenant: 'edited', limit: 5, ...filter })).jobs;
    for (const filter of [{ tag: 'kept' }, { tag: 'new' }, { namePrefix: 'first' }, { namePrefix: 'first-' }])
      expect(await found(filter)).toStrictEqual([edited]);
    expect(await found({ tag: 'old' })).toStrictEqual([]);
    const plain = withWrite(edited, someTime, { tags: [], name: 'echo' });
    await store.replace(plain, 2, edited);
    expect(await found({ namePrefix: 'first' })).toStrictEqual([]);
    expect(await found({ namePrefix: 'e' })).toStrictEqual([plain]);
    expect(await found({ services: ['echo'] })).toStrictEqual([plain]);
  });

  test('finds a job by its current indexed metadata', async () => {
    const tenant = 'indexed';
    const indexedMetadata = ['run', 'site', 'old'];
    const job = aJob({ tenant, metadata: { run: 7, site: 'north', old: 1, note: 'x' }, indexedMetadata });
    await store.insert(job);
    const found = async (...metadata: readonly MetadataCondition[]) =>
      (await store.list({ tenant, limit: 5, metadata })).jobs;
    const equals = (name: string, ...values: readonly (string | number)[]) =>
      ({ kind: 'equals', name, values }) as const;
    const between = (name: string, min: number, max: number) => ({ kind: 'range', name, min, max }) as const;
    expect(await found(equals('note', 'x'))).toStrictEqual([]);
    const edited = withWrite(job, someTime, { metadata: { run: 8, site: '8' } });
    await store.replace(edited, 1, job);
    for (const conditions of [
      [equals('run', 8, '8')],
      [equals('site', 8, '8')],
      [between('run', 8, 8)],
      [between('run', -1, 9), equals('site', '8')],
    ])
      expect(await found(...conditions)).toStrictEqual([edited]);
    for (const condition of [
      equals('run', 7),
      equals('run', '8'),
      equals('site', 8),
      equals('old', 1),
      between('run', 7, 7.5),
      between('run', 9, 7),
      between('site', 0, 9),
    ])
      expect(await found(condition)).toStrictEqual([]);
    expect(
      (await store.list({ tenant: 'other', limit: 5, metadata: [equals('run', 8)] })).jobs,
    ).toStrictEqual([]);
    const { indexedMetadata: _, ...bare } = withWrite(edited, someTime, {});
    await store.replace(bare, 2, edited);
    expect(await found(equals('run', 8))).toStrictEqual([]);
  });

  test('lists jobs by the numbers of a range, and by ID where they are equal', async () => {
    const tenant = 'ranged';
    const runs = [5, -1e300, 0.25, 5, -3, 1e300, 0, 5, 0];
    const jobs = runs.map((run, index) =>
      aJob({ tenant, id: jobIdAt(someTime + index), metadata: { run }, indexedMetadata: ['run'] }),
    );
    for (const job of jobs) await store.insert(job);
    const inOrder = [1, 4, 6, 8, 2, 0, 3, 7, 5].map((index) => jobs[index]);
    const metadata = [{ kind: 'range', name: 'run' }] as const;
    for (const limit of [1, 2, 20]) {
      expect(await readAll(store, { tenant, metadata, limit, order: 'asc' })).toEqual(inOrder);
      expect(await readAll(store, { tenant, metadata, limit })).toEqual(inOrder.toReversed());
    }
    const some = [{ kind: 'range', name: 'run', min: -3, max: 0.25 }] as const;
    const after = { tenant, metadata: some, limit: 2, order: 'asc', createdAfter: someTime + 5 } as const;
    expect(await readAll(store, after)).toEqual([jobs[6], jobs[8]]);
  });

  test('returns an empty page for a tenant without jobs', async () => {
    expect((await store.list({ tenant: 'nobody', limit: 10 })).jobs).toStrictEqual([]);
    expect((await store.list({ tenant: 'nobody', limit: 10, statuses: ['failed'] })).jobs).toStrictEqual([]);
  });

  test('treats an empty filter as no filter', async () => {
    await store.insert(aJob({ tenant: 'open' }));
    const page = await store.list({ tenant: 'open', limit: 10, statuses: [], services: [] });
    expect(page.jobs).toHaveLength(1);
  });

  test('lists a job under its new state and no longer under its old one', async () => {
    const job = aJob({ tenant: 'moving' });
    await store.insert(job);
    for (const status of ['failed', 'succeeded'] as const) {
      const ended = endedJob(status, { tenant: 'moving' });
      const before = await store.get(keyOf(job));
      await store.replace({ ...ended, version: (before?.version ?? 0) + 1 }, before?.version ?? 0);
      expect((await store.list({ tenant: 'moving', limit: 5, statuses: [status] })).jobs).toHaveLength(1);
      expect((await store.list({ tenant: 'moving', limit: 5, statuses: ['pending'] })).jobs).toHaveLength(0);
    }
    expect((await store.list({ tenant: 'moving', limit: 5, statuses: ['failed'] })).jobs).toHaveLength(0);
  });
}

function describeDue(makeStore: () => Promise<JobStore>): void {
  const dueJob = (offset: number, nextCheckAt: number, tenant = 'local') =>
    aJob({ tenant, id: jobIdAt(someTime + offset), nextCheckAt });

  test('returns the due jobs of all tenants, and no other jobs', async () => {
    const store = await makeStore();
    const jobs = [dueJob(1, 1000, 'a'), dueJob(2, 2000, 'b'), dueJob(3, 2001, 'a')];
    for (const job of jobs) await store.insert(job);
    const due = await store.listDue(2000, 10);
    expect(new Set(due.map(({ tenant, jobId }) => `${tenant} ${jobId}`))).toStrictEqual(
      new Set(jobs.slice(0, 2).map(({ tenant, id }) => `${tenant} ${id}`)),
    );
    expect(await store.listDue(999, 10)).toStrictEqual([]);
  });

  test('returns a new job after the minute that its ID implies, and no sooner', async () => {
    const store = await makeStore();
    const jobs = [aJob({ tenant: 'a', id: jobIdAt(1000) }), aJob({ tenant: 'b', id: jobIdAt(1001) })];
    for (const job of jobs) await store.insert(job);
    expect(await store.listDue(60_999, 10)).toStrictEqual([]);
    expect(await store.listDue(61_000, 10)).toStrictEqual(jobs.slice(0, 1).map(keyOf));
    expect(await store.listDue(61_001, 10)).toStrictEqual(jobs.map(keyOf));
  });

  test('does not return a new job that has ended, and returns a postponed one at its new time', async () => {
    const store = await makeStore();
    const [ending, moving] = [aJob({ id: jobIdAt(1000) }), aJob({ id: jobIdAt(1001) })];
    for (const job of [ending, moving]) await store.insert(job);
    await store.replace(endedJob('succeeded', { id: ending.id }), 1);
    await store.replace(withWrite(moving, 1001, { nextCheckAt: 90_000 }), 1);
    expect(await store.listDue(89_999, 10)).toStrictEqual([]);
    expect(await store.listDue(90_000, 10)).toStrictEqual([keyOf(moving)]);
  });

  test('returns jobs of all tenants when one tenant has very many', async () => {
    const store = await makeStore();
    const flood = Array.from({ length: 120 }, (_, index) =>
      aJob({ tenant: 'flood', id: jobIdAt(1000 + index) }),
    );
    const late = aJob({ tenant: 'quiet', id: jobIdAt(1001) });
    await Promise.all([...flood, late].map((job) => store.insert(job)));
    const due = await store.listDue(100_000, 20);
    expect(due).toHaveLength(20);
    expect(due).toContainEqual(keyOf(late));
  });

  test('drops an ended job, and follows a job whose time was changed', async () => {
    const store = await makeStore();
    const [ending, moving] = [dueJob(1, 1000), dueJob(2, 1000)];
    await store.insert(ending);
    await store.insert(moving);
    await store.replace(endedJob('succeeded', { id: ending.id }), 1);
    await store.replace(withWrite(moving, someTime, { nextCheckAt: 5000 }), 1);
    expect(await store.listDue(4999, 10)).toStrictEqual([]);
    expect(await store.listDue(5000, 10)).toStrictEqual([keyOf(moving)]);
  });

  test('returns as many jobs as requested if there are as many, the longest due first in each shard', async () => {
    const store = await makeStore();
    const jobs = Array.from({ length: 60 }, (_, index) => dueJob(index, 1000 + ((index * 37) % 60)));
    await Promise.all(jobs.map((job) => store.insert(job)));
    const nextCheckAt = new Map(jobs.map((job) => [job.id, job.nextCheckAt ?? 0]));
    for (const limit of [1, 7, 8, 33, 60, 200]) {
      const due = await store.listDue(2000, limit);
      expect(due).toHaveLength(Math.min(limit, jobs.length));
      expect(new Set(due.map(({ jobId }) => jobId)).size).toBe(due.length);
      for (const times of Object.values(Object.groupBy(due, ({ jobId }) => dueShard(jobId)))) {
        const order = (times ?? []).map(({ jobId }) => nextCheckAt.get(jobId) ?? 0);
        expect(order).toStrictEqual(order.toSorted((left, right) => left - right));
      }
    }
  });

  test('returns the jobs of a shard that is fuller than the others', async () => {
    const store = await makeStore();
    const ids = Array.from({ length: 200 }, (_, index) => jobIdAt(someTime + index));
    const full = ids.filter((id) => dueShard(id) === '3').slice(0, 12);
    expect(full).toHaveLength(12);
    for (const [index, id] of full.entries()) await store.insert(aJob({ id, nextCheckAt: 1000 + index }));
    const due = await store.listDue(2000, 10);
    expect(due.map(({ jobId }) => jobId)).toStrictEqual(full.slice(0, 10));
  });
}
