import { expect, test } from 'vitest';
import type { Job } from '../../../core/jobs/model/job.ts';
import { fitLineage } from '../../../core/lineage/fit-lineage.ts';
import type { Lineage } from '../../../core/lineage/lineage.ts';
import { representAsProv } from '../../../core/lineage/prov/represent-as-prov.ts';
import { representLineage } from '../../../core/lineage/represent-lineage.ts';
import { endedJob } from '../../support/jobs/jobs.ts';
import { lineageWorld } from './lineage-world.ts';

/** The longest JSON form of one character in a text within the response: 7 bytes. */
const worst = '\u0001';

/** A job with 20 sub-jobs that use 100 data objects each, all with the longest names. */
async function longNames(): Promise<{ readonly lineage: Lineage; readonly root: Job }> {
  const world = lineageWorld();
  const root = await world.addJob({ name: 'root' });
  for (let index = 0; index < 9; index += 1) {
    const tables = await Promise.all(Array.from({ length: 100 }, () => world.addData(worst.repeat(1024))));
    const child = endedJob('succeeded', { id: world.newId(), name: worst.repeat(256), parentId: root.id });
    await world.addJob({ ...child, uses: { ['s'.repeat(63)]: tables } });
  }
  const children = await world.ofJob(root, { directions: ['down'] });
  const inputs = await Promise.all(children.nodes.slice(1).map((job) => world.ofJob(job, { depth: 1 })));
  const nodes = [...children.nodes, ...inputs.flatMap(({ nodes }) => nodes.slice(2))];
  return { lineage: { ...children, nodes }, root };
}

test.each([
  ['a graph', representLineage],
  ['PROV', (lineage: Lineage) => representAsProv(lineage, 'https://errand.invalid')],
] as const)('a lineage with the longest names fits in one response as %s', async (_, represent) => {
  const { lineage } = await longNames();
  const shown: Lineage[] = [];
  const body = fitLineage<unknown>(lineage, (fitting) => {
    shown.push(fitting);
    return represent(fitting);
  });
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify({ body: JSON.stringify(value) }));
  expect(bytes(represent(lineage))).toBeGreaterThan(6_291_556);
  expect(bytes(body)).toBeLessThan(6_291_556);
  expect(bytes(body)).toBeGreaterThan(3_000_000);
  expect(shown.at(-1)?.truncated).toBe(true);
  expect(shown.at(-1)?.nodes.slice(0, 10)).toEqual(lineage.nodes.slice(0, 10));
});

test('a lineage that fits is represented whole', async () => {
  const world = lineageWorld();
  const lineage = await world.ofJob(await world.addJob());
  expect(fitLineage(lineage, representLineage)).toEqual(representLineage(lineage));
});
