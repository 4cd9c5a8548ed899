import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import type { Job } from '../../../core/jobs/model/job.ts';
import type { Lineage } from '../../../core/lineage/lineage.ts';
import { type GivenJob, lineageWorld } from './lineage-world.ts';

/** A new node, which names older nodes by numbers modulo their count. */
const step = fc.record({
  kind: fc.constantFrom('upload', 'output', 'job', 'job'),
  uses: fc.array(fc.nat(), { maxLength: 3 }),
  parent: fc.option(fc.nat(), { freq: 2 }),
  dependsOn: fc.array(fc.nat(), { maxLength: 2 }),
  rerunOf: fc.option(fc.nat(), { freq: 1 }),
  isDeleted: fc.boolean(),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface NaiveEdge {
  readonly from: string;
  readonly to: string;
  /** Deleted outputs are in no list, so they are found only from the jobs that used them. */
  readonly isOneWay: boolean;
}

interface Naive {
  readonly jobs: Job[];
  readonly data: DataObject[];
  readonly edges: NaiveEdge[];
}

function pick<Item>(items: readonly Item[], numbers: readonly number[]): readonly Item[] {
  return items.length === 0
    ? []
    : [...new Set(numbers.flatMap((number) => items[number % items.length] ?? []))];
}

async function add(world: ReturnType<typeof lineageWorld>, naive: Naive, one: Step): Promise<void> {
  const [writer] = one.kind === 'output' ? pick(naive.jobs, [one.uses[0] ?? 0]) : [];
  if (one.kind === 'job') return addJob(world, naive, one);
  const data = await (writer === undefined ? world.addData('upload') : world.addOutput(writer, 'output'));
  naive.data.push(data);
  if (writer !== undefined) naive.edges.push({ from: data.id, to: writer.id, isOneWay: one.isDeleted });
  if (one.isDeleted) await world.deleteData(data);
}

async function addJob(world: ReturnType<typeof lineageWorld>, naive: Naive, one: Step): Promise<void> {
  const uses = pick(naive.data, one.uses);
  const [parent] = pick(naive.jobs, one.parent === null ? [] : [one.parent]);
  const needed = pick(naive.jobs, one.dependsOn).map(({ id }) => id);
  const [original] = pick(naive.jobs, one.rerunOf === null ? [] : [one.rerunOf]);
  const given: GivenJob = {
    ...(uses.length === 0 ? {} : { uses: { in: uses } }),
    ...(parent === undefined ? {} : { parentId: parent.id }),
    ...(needed.length === 0 ? {} : { dependsOn: needed }),
    ...(original === undefined ? {} : { rerunOf: original.id }),
  };
  const job = await world.addJob(given);
  naive.jobs.push(job);
  const older = [...uses, ...[parent, original].filter((one) => one !== undefined)].map(({ id }) => id);
  for (const to of [...older, ...needed]) naive.edges.push({ from: job.id, to, isOneWay: false });
}

function reachable({ edges }: Naive, root: string, { isUp, depth }: { isUp: boolean; depth: number }) {
  const found = new Set([root]);
  for (let level = 0; level < depth; level += 1)
    for (const id of [...found])
      for (const { from, to, isOneWay } of edges)
        if (isUp && from === id) found.add(to);
        else if (!isUp && to === id && !isOneWay) found.add(from);
  return found;
}

function pairsOf(edges: ReadonlyArray<Pick<NaiveEdge, 'from' | 'to'>>): readonly string[] {
  return [...new Set(edges.map(({ from, to }) => `${from} ${to}`))].sort();
}

test('a lineage has the nodes that a naive search reaches, each once, and all relations between them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 25 }),
      fc.nat(),
      fc.constantFrom(['up'] as const, ['down'] as const, ['up', 'down'] as const),
      fc.integer({ min: 1, max: 6 }),
      async (steps, at, directions, depth) => {
        const world = lineageWorld();
        const naive: Naive = { jobs: [], data: [], edges: [] };
        for (const one of steps) await add(world, naive, one);
        const [root] = pick([...naive.jobs, ...naive.data], [at]);
        if (root === undefined) return;
        const isJob = naive.jobs.some(({ id }) => id === root.id);
        const lineage: Lineage = await (isJob ? world.ofJob : world.ofData)(root, { directions, depth });
        const expected = new Set(
          directions.flatMap((one) => [...reachable(naive, root.id, { isUp: one === 'up', depth })]),
        );
        const ids = lineage.nodes.map(({ id }) => id);
        expect([...ids].sort()).toEqual([...expected].sort());
        expect(lineage.truncated).toBe(false);
        const between = naive.edges.filter(({ from, to }) => expected.has(from) && expected.has(to));
        expect(pairsOf(lineage.edges)).toEqual(pairsOf(between));
      },
    ),
  );
});
