import { describe, expect, test } from 'vitest';
import { lineageGraph } from '../../../core/contract/schemas/lineage-schemas.ts';
import { formatTime } from '../../../core/jobs/queries/represent-job.ts';
import { getDataLineage } from '../../../core/lineage/get-data-lineage.ts';
import { representLineage } from '../../../core/lineage/represent-lineage.ts';
import { timeInId } from '../../../core/std/id-time.ts';
import { lineageWorld, namesOf, relationsOf } from './lineage-world.ts';

/** table.csv -> clean -> clean.csv -> profile -> profile.json */
async function chain() {
  const world = lineageWorld();
  const table = await world.addData('table.csv');
  const clean = await world.addJob({ name: 'clean', uses: { raw: [table] } });
  const cleaned = await world.addOutput(clean, 'clean.csv', { attempt: 2, slot: 'table' });
  const profile = await world.addJob({ name: 'profile', uses: { table: [cleaned] } });
  const result = await world.addOutput(profile, 'profile.json');
  return { world, table, clean, cleaned, profile, result };
}

describe('the lineage of a data object', () => {
  test('consists upwards of the job that wrote it and of what that came from', async () => {
    const { world, result } = await chain();
    const lineage = await world.ofData(result, { directions: ['up'], depth: 4 });
    expect(namesOf(lineage)).toEqual(['profile.json', 'profile', 'clean.csv', 'clean', 'table.csv']);
    expect(relationsOf(lineage)).toEqual([
      'profile.json generated profile',
      'profile used clean.csv',
      'clean.csv generated clean',
      'clean used table.csv',
    ]);
  });

  test('consists downwards of the jobs that use it and of what came from them', async () => {
    const { world, table } = await chain();
    expect(namesOf(await world.ofData(table, { depth: 20 }))).toEqual([
      'table.csv',
      'clean',
      'clean.csv',
      'profile',
      'profile.json',
    ]);
  });

  test('is returned with the attempt and the slots', async () => {
    const { world, table, clean, cleaned, profile } = await chain();
    const graph = representLineage(await world.ofData(cleaned, { depth: 1 }));
    expect(lineageGraph.parse(graph)).toEqual({
      root: cleaned.id,
      nodes: [
        { id: cleaned.id, kind: 'data', name: 'clean.csv', status: 'available', createdAt: created(cleaned) },
        {
          ...{ id: clean.id, kind: 'job', name: 'clean', status: 'pending', createdAt: created(clean) },
          service: { name: 'echo', version: '1.0.0' },
        },
        {
          ...{ id: profile.id, kind: 'job', name: 'profile', status: 'pending', createdAt: created(profile) },
          service: { name: 'echo', version: '1.0.0' },
        },
      ],
      edges: [
        { from: cleaned.id, to: clean.id, relation: 'generated', slot: 'table', attempt: 2 },
        { from: profile.id, to: cleaned.id, relation: 'used', slot: 'table' },
      ],
      truncated: false,
    });
    expect(graph.nodes.map(({ id }) => id)).not.toContain(table.id);
  });

  test('contains outputs of every attempt of a job', async () => {
    const { world, table, clean } = await chain();
    await world.addOutput(clean, 'lost.csv', { attempt: 1 });
    expect(namesOf(await world.ofData(table))).toContain('lost.csv');
  });

  test('exists for a deleted object', async () => {
    const { world, cleaned } = await chain();
    await world.deleteData(cleaned);
    const lineage = await world.ofData(cleaned, { depth: 1 });
    expect(namesOf(lineage)).toEqual(['clean.csv', 'clean', 'profile']);
    expect(representLineage(lineage).nodes[0]).toMatchObject({ deleted: true });
  });

  test('is not found for another tenant', async () => {
    const { world, cleaned } = await chain();
    const key = { tenant: 'other', dataId: cleaned.id };
    const foreign = getDataLineage(world.deps, { key, directions: ['up'], depth: 3 });
    await expect(foreign).rejects.toMatchObject({ slug: 'not-found' });
  });
});

function created({ id }: { readonly id: string }): string {
  return formatTime(timeInId(id));
}
