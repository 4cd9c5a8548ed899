import { describe, expect, test } from 'vitest';
import type { Job } from '../../../core/jobs/model/job.ts';
import { getJobLineage } from '../../../core/lineage/get-job-lineage.ts';
import { representLineage } from '../../../core/lineage/represent-lineage.ts';
import { maxEdges, maxNodes } from '../../../core/lineage/walk.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob, someTime } from '../../support/jobs/jobs.ts';
import { lineageWorld, namesOf, relationsOf, tenant } from './lineage-world.ts';

/** A job with each relation to older jobs and data, and one newer node of each kind. */
async function everyRelation() {
  const world = lineageWorld();
  const [table, old] = [await world.addData('table.csv'), await world.addJob({ name: 'old' })];
  const [parent, needed, source] = [
    await world.addJob({ name: 'parent' }),
    await world.addJob({ name: 'needed' }),
    await world.addJob({ name: 'source' }),
  ];
  const job = await world.addJob({
    ...{ name: 'root', parentId: parent.id, dependsOn: [needed.id], rerunOf: old.id, reusedFrom: source.id },
    uses: { table: [table] },
  });
  await world.addOutput(job, 'profile.json', { slot: 'profile' });
  await world.addJob({ name: 'child', parentId: job.id });
  await world.addJob({ name: 'dependent', dependsOn: [job.id] });
  await world.addJob({ name: 'rerun', rerunOf: job.id });
  await world.addJob({ name: 'reuse', reusedFrom: job.id });
  return { world, job };
}

describe('the lineage of a job', () => {
  test('consists upwards of its inputs and the jobs that it names', async () => {
    const { world, job } = await everyRelation();
    const lineage = await world.ofJob(job, { directions: ['up'] });
    expect(relationsOf(lineage)).toEqual([
      'root used table.csv',
      'root subJobOf parent',
      'root dependsOn needed',
      'root rerunOf old',
      'root reusedFrom source',
    ]);
    expect(namesOf(lineage)).toHaveLength(6);
  });

  test('consists downwards of its outputs and the jobs that name it', async () => {
    const { world, job } = await everyRelation();
    const lineage = await world.ofJob(job, { directions: ['down'] });
    expect(relationsOf(lineage)).toEqual([
      'profile.json generated root',
      'child subJobOf root',
      'dependent dependsOn root',
      'rerun rerunOf root',
      'reuse reusedFrom root',
    ]);
  });

  test('in both directions contains no other users of its inputs', async () => {
    const { world, job } = await everyRelation();
    await world.addJob({ name: 'other', uses: { table: [await world.addData('other.csv')] } });
    expect(namesOf(await world.ofJob(job))).toHaveLength(11);
  });

  test('ends at the given depth', async () => {
    const world = lineageWorld();
    let earlier = await world.addJob({ name: '0' });
    for (let index = 1; index <= 6; index += 1)
      earlier = await world.addJob({ name: String(index), dependsOn: [earlier.id] });
    expect(namesOf(await world.ofJob(earlier, { depth: 1 }))).toEqual(['6', '5']);
    expect(namesOf(await world.ofJob(earlier))).toEqual(['6', '5', '4', '3']);
    const whole = await world.ofJob(earlier, { depth: 20 });
    expect([namesOf(whole).length, whole.truncated]).toEqual([7, false]);
  });

  test('contains each node once, and every relation between its nodes', async () => {
    const world = lineageWorld();
    const table = await world.addData('table.csv');
    const sides = [
      await world.addJob({ name: 'left', uses: { in: [table] } }),
      await world.addJob({ name: 'right', uses: { in: [table], again: [table, table] } }),
    ];
    const outputs = [
      await world.addOutput(sides[0] ?? aJob(), 'left.csv'),
      await world.addOutput(sides[1] ?? aJob(), 'right.csv'),
    ];
    const joined = await world.addJob({ name: 'join', uses: { in: outputs } });
    const lineage = await world.ofJob(joined);
    expect(namesOf(lineage)).toEqual(['join', 'left.csv', 'right.csv', 'left', 'right', 'table.csv']);
    expect(relationsOf(lineage)).toEqual([
      'join used left.csv',
      'join used right.csv',
      'left.csv generated left',
      'right.csv generated right',
      'left used table.csv',
      'right used table.csv',
      'right used table.csv',
    ]);
    const uses = representLineage(lineage).edges.filter(({ to }) => to === table.id);
    expect(uses.map(({ slot }) => slot)).toEqual(['in', 'in', 'again']);
  });

  test('reads what follows a node once, at whatever distances the node is reached', async () => {
    const world = lineageWorld();
    const jobs: Job[] = [];
    for (let index = 0; index < 6; index += 1)
      jobs.push(await world.addJob({ dependsOn: jobs.map(({ id }) => id) }));
    const anchors: string[] = [];
    const { list } = world.deps.links;
    world.deps.links.list = (query) => {
      anchors.push(`${query.kind} ${query.anchorId}`);
      return list(query);
    };
    const lineage = await world.ofJob(jobs[0] ?? aJob(), { directions: ['down'], depth: 20 });
    expect([lineage.nodes.length, lineage.edges.length]).toEqual([6, 15]);
    expect(new Set(anchors).size).toBe(17);
    expect(anchors).toHaveLength(17);
  });

  test('follows a loop of records only once', async () => {
    const world = lineageWorld();
    const draft = await world.addJob({ name: 'draft', status: 'draft' });
    const child = await world.addJob({ name: 'child', parentId: draft.id });
    const output = await world.addOutput(child, 'out.csv');
    const inputs = { in: [{ id: output.id, name: 'out.csv', mediaType: 'text/csv', sizeBytes: 1 }] };
    await world.mark(draft.id, { inputs: { kind: 'inline', json: JSON.stringify(inputs) } });
    const lineage = await world.ofJob(draft, { directions: ['up'], depth: 20 });
    expect(relationsOf(lineage)).toEqual([
      'draft used out.csv',
      'out.csv generated child',
      'child subJobOf draft',
    ]);
  });

  test('contains inputs that are too large for the record', async () => {
    const world = lineageWorld();
    const tables = await Promise.all(
      Array.from({ length: 60 }, (_, index) => world.addData(`${'x'.repeat(100)}${index}`)),
    );
    const job = await world.addJob({ name: 'root', uses: { tables } });
    expect(job.inputs?.kind).toBe('object');
    expect(namesOf(await world.ofJob(job))).toHaveLength(61);
  });

  test('contains deleted jobs and data objects, by their tombstones', async () => {
    const world = lineageWorld();
    const table = await world.addData('table.csv');
    const first = await world.addJob({
      ...endedJob('succeeded'),
      id: world.newId(),
      name: 'first',
      uses: { in: [table] },
    });
    const output = await world.addOutput(first, 'out.csv');
    const last = await world.addJob({ name: 'last', uses: { in: [output] } });
    await world.deleteJob(first);
    await world.deleteData(output);
    const { nodes } = representLineage(await world.ofJob(last));
    expect(nodes.map(({ name, status, deleted }) => [name, status, deleted])).toEqual([
      ['last', 'pending', undefined],
      ['out.csv', 'available', true],
      ['first', 'succeeded', true],
      ['table.csv', 'available', undefined],
    ]);
    expect(namesOf(await world.ofJob(first, { directions: ['up'] }))).toEqual(['first', 'table.csv']);
  });

  test('does not contain a job that was never created, nor one that no longer uses the data', async () => {
    const world = lineageWorld();
    const table = await world.addData('table.csv');
    const job = await world.addJob({ name: 'root', hasChildren: true });
    const link = { tenant, madeAt: someTime };
    await world.deps.links.add({ ...link, kind: 'child', anchorId: job.id, jobId: jobIdAt(someTime, 9n) });
    const draft = await world.addJob({ name: 'draft', uses: { in: [table] } });
    await world.mark(draft.id, { inputs: { kind: 'inline', json: '{}' } });
    expect(namesOf(await world.ofJob(job))).toEqual(['root']);
    expect(namesOf(await world.ofData(table))).toEqual(['table.csv']);
  });

  test('is not found for another tenant, and never leads to its jobs', async () => {
    const { world, job } = await everyRelation();
    const walk = { directions: ['up', 'down'], depth: 3 } as const;
    const foreign = getJobLineage(world.deps, { key: { tenant: 'other', jobId: job.id }, ...walk });
    await expect(foreign).rejects.toMatchObject({ slug: 'not-found' });
    const thief = aJob({ tenant: 'other', parentId: job.id, id: jobIdAt(someTime, 7n) });
    await world.deps.jobs.insert(thief);
    const lineage = await getJobLineage(world.deps, { key: { tenant: 'other', jobId: thief.id }, ...walk });
    expect(lineage.nodes.map(({ id }) => id)).toEqual([thief.id]);
  });
});

describe('a lineage that is too large', () => {
  test('is truncated at 1,000 nodes, of which the nearest are returned', async () => {
    const world = lineageWorld();
    const table = await world.addData('table.csv');
    const job = await world.addJob({ name: 'root', uses: { in: [table] } });
    for (let index = 0; index < maxNodes; index += 1) await world.addJob({ name: 'child', parentId: job.id });
    const lineage = await world.ofJob(job);
    expect([lineage.nodes.length, lineage.truncated]).toEqual([maxNodes, true]);
    expect(namesOf(lineage).slice(0, 3)).toEqual(['root', 'table.csv', 'child']);
    const exact = await world.ofJob(job, { directions: ['up'] });
    expect(exact.truncated).toBe(false);
  });

  test('is not truncated with exactly 1,000 nodes', async () => {
    const world = lineageWorld();
    const job = await world.addJob({ name: 'root' });
    for (let index = 1; index < maxNodes; index += 1) await world.addJob({ name: 'child', parentId: job.id });
    const lineage = await world.ofJob(job, { depth: 20 });
    expect([lineage.nodes.length, lineage.truncated]).toEqual([maxNodes, false]);
  });

  test('is truncated when its nodes have more than 10,000 relations', async () => {
    const world = lineageWorld();
    const tables = await Promise.all(Array.from({ length: 100 }, () => world.addData('table.csv')));
    const root = await world.addJob({ name: 'root' });
    const users = maxEdges / 101 + 1;
    for (let index = 0; index < users; index += 1)
      await world.addJob({ name: 'child', parentId: root.id, uses: { in: tables } });
    const lineage = await world.ofJob(root, { depth: 1 });
    expect([lineage.nodes.length, lineage.truncated]).toEqual([Math.floor(maxEdges / 101) + 1, true]);
  });

  test('is truncated when the time is over', async () => {
    const world = lineageWorld();
    const table = await world.addData('table.csv');
    const job = await world.addJob({ name: 'root', uses: { in: [table] } });
    const { getMany } = world.deps.data;
    world.deps.data.getMany = async (...args) => {
      world.time.now += 6000;
      return getMany(...args);
    };
    const lineage = await world.ofJob(job, { directions: ['up'] });
    expect([namesOf(lineage), lineage.truncated]).toEqual([['root', 'table.csv'], true]);
  });
});

test('a job whose inputs are deleted while they are read is read again', async () => {
  const world = lineageWorld();
  const tables = await Promise.all(
    Array.from({ length: 60 }, (_, index) => world.addData(`${'x'.repeat(100)}${index}`)),
  );
  const job = await world.addJob({ name: 'root', uses: { tables } });
  const { get } = world.deps.objects;
  world.deps.objects.get = async () => {
    world.deps.objects.get = get;
    const cascade = { kind: 'delete', by: 'ann', requestedAt: someTime, accepted: true } as const;
    await world.mark(job.id, { cascade: { ...cascade, inputIds: { tables: tables.map(({ id }) => id) } } });
    await world.deleteJob(job);
    return undefined;
  };
  const { nodes } = representLineage(await world.ofJob(job));
  expect(nodes).toHaveLength(61);
  expect(nodes[0]).toMatchObject({ id: job.id, deleted: true });
});
