import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { removeInput } from '../../../../core/jobs/submission/remove-input.ts';
import { setInput } from '../../../../core/jobs/submission/set-input.ts';
import { startJob } from '../../../../core/jobs/submission/start-job.ts';
import { type InputWorld, inputWorld, keyOf, violationsOf } from './input-world.ts';

const missingId = '01a1fd71-2cd5-7000-8000-00000000ffff';

function missingOf({ draft }: Job): readonly string[] {
  return (draft?.missing ?? []).map(({ pointer, keyword }) => `${pointer} ${keyword}`);
}

describe('a draft with inputs', () => {
  test('lists what is wrong with them as missing, and keeps them', async () => {
    const world = await inputWorld();
    const uploading = await world.uploading();
    const draft = await world.submit({
      start: false,
      inputs: { table: [uploading.id], extras: [missingId], unknown: [uploading.id] },
    });
    expect(draft.status).toBe('draft');
    expect(missingOf(draft)).toEqual([
      '/inputs/table/0 available',
      '/inputs/extras/0 exists',
      '/inputs/unknown slot',
      '/inputs/unknown/0 available',
    ]);
    expect(await world.inputsOf(draft)).toEqual({
      table: [{ id: uploading.id, name: 'table.csv', mediaType: 'text/csv', sizeBytes: 8 }],
      extras: [{ id: missingId }],
      unknown: [{ id: uploading.id, name: 'table.csv', mediaType: 'text/csv', sizeBytes: 8 }],
    });
  });

  test('lacks a required slot, and is ready with it', async () => {
    const world = await inputWorld();
    const draft = await world.submit({ start: false });
    expect(missingOf(draft)).toEqual(['/inputs/table required']);
    const table = await world.uploaded();
    const ready = await world.edit(draft, { table: [table.id] });
    expect(ready.status).toBe('ready');
    expect(await world.usersOf(table)).toEqual([draft.id]);
  });

  test('becomes ready at its start when an upload was completed meanwhile', async () => {
    const world = await inputWorld();
    const uploading = await world.uploading();
    const draft = await world.submit({ start: false, inputs: { table: [uploading.id] } });
    await expect(startJob(world.deps, { key: keyOf(draft) })).rejects.toMatchObject({
      slug: 'job-not-ready',
    });
    await world.complete(uploading);
    const { job } = await startJob(world.deps, { key: keyOf(draft) });
    expect(job.status).toBe('pending');
    expect(await world.inputsOf(job)).toMatchObject({ table: [{ id: uploading.id }] });
  });

  test('without a service accepts any slot, and checks the data objects', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const { deps } = world;
    const draft = await import('../../../../core/jobs/submission/submit-job.ts').then(({ submitJob }) =>
      submitJob(deps, {
        tenant: 'local',
        owner: 'key-1',
        submission: { start: false, inputs: { any: [table.id, missingId] } },
      }),
    );
    expect(missingOf(draft.job)).toEqual(['/service required', '/inputs/any/1 exists']);
  });

  test('can have at most 100 data objects after an edit', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const draft = await world.submit({ start: false, inputs: { table: [table.id] } });
    const extras = Array.from(
      { length: 100 },
      (_, index) => `01a1fd71-2cd5-7000-8000-${String(index).padStart(12, '0')}`,
    );
    expect(await violationsOf(world.edit(draft, { extras }))).toEqual(['/inputs maxItems']);
    expect(await world.inputsOf(draft)).toMatchObject({ table: [{ id: table.id }] });
  });
});

describe('an edit of inputs', () => {
  test('replaces the list of a slot, removes a slot with null, and keeps the others', async () => {
    const world = await inputWorld();
    const [one, two, three] = [await world.uploaded(), await world.uploaded(), await world.uploaded()];
    const draft = await world.submit({ start: false, inputs: { table: [one.id], extras: [two.id] } });
    await world.edit(draft, { extras: [three.id, one.id] });
    expect(await world.inputsOf(draft)).toMatchObject({
      table: [{ id: one.id }],
      extras: [{ id: three.id }, { id: one.id }],
    });
    await world.edit(draft, { table: null });
    expect(Object.keys(await world.inputsOf(draft))).toEqual(['extras']);
    await world.edit(draft, null);
    expect(await world.inputsOf(draft)).toEqual({});
  });

  test('removes the links of removed inputs, so that these can be deleted', async () => {
    const world = await inputWorld();
    const [one, two] = [await world.uploaded(), await world.uploaded()];
    const draft = await world.submit({ start: false, inputs: { table: [one.id] } });
    await expect(world.remove(one)).rejects.toMatchObject({
      slug: 'data-in-use',
      extension: { jobIds: [draft.id] },
    });
    await world.edit(draft, { table: [two.id] });
    expect(await world.usersOf(one)).toEqual([]);
    await world.remove(one);
    await expect(world.remove(two)).rejects.toMatchObject({ slug: 'data-in-use' });
  });

  test('is refused once the job was started', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const job = await world.submit({ inputs: { table: [table.id] } });
    await expect(world.edit(job, { table: null })).rejects.toMatchObject({ slug: 'illegal-transition' });
  });
});

describe('a slot', () => {
  const meetsPrecondition = () => true;
  const set = (world: InputWorld, draft: Job, slot: string, data: readonly string[]) =>
    setInput(world.deps, { key: keyOf(draft), slot, data, meetsPrecondition });
  const empty = (world: InputWorld, draft: Job, slot: string) =>
    removeInput(world.deps, { key: keyOf(draft), slot, meetsPrecondition });

  test('is set and emptied on its own', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const draft = await world.submit({ start: false });
    expect((await set(world, draft, 'table', [table.id])).status).toBe('ready');
    expect((await empty(world, draft, 'table')).status).toBe('draft');
    expect(await world.usersOf(table)).toEqual([]);
  });

  test('that the service does not declare is refused, but can be emptied', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const draft = await world.submit({ start: false, inputs: { old: [table.id] } });
    const refusal = { slug: 'slot-not-found', message: expect.stringContaining('table, extras') };
    await expect(set(world, draft, 'unknown', [table.id])).rejects.toMatchObject(refusal);
    await expect(empty(world, draft, 'unknown')).rejects.toMatchObject(refusal);
    expect(await world.inputsOf(await empty(world, draft, 'old'))).toEqual({});
  });
});
