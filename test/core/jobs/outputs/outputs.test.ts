import { describe, expect, test } from 'vitest';
import { contentKey } from '../../../../core/data/model/data-object.ts';
import { deleteData } from '../../../../core/jobs/deletion/delete-data.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import { getOutput } from '../../../../core/jobs/outputs/get-output.ts';
import { listOutputs, shownOutputs } from '../../../../core/jobs/outputs/list-outputs.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { completeAttempt } from '../../../../core/jobs/worker/complete-attempt.ts';
import { completeOutput } from '../../../../core/jobs/worker/complete-output.ts';
import { createOutput } from '../../../../core/jobs/worker/create-output.ts';
import { getWorkerInputs } from '../../../../core/jobs/worker/get-worker-inputs.ts';
import { listOutputParts } from '../../../../core/jobs/worker/list-output-parts.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { dyingProcess } from '../../../support/memory/dying-process.ts';
import { older, refusalOf, worker } from '../worker/worker-world.ts';
import { outputWorld, slotUrl } from './output-world.ts';

const end = (world: Awaited<ReturnType<typeof outputWorld>>) =>
  completeAttempt(world.deps, { caller: worker, completion: { result: null } });

const remove = (world: Awaited<ReturnType<typeof outputWorld>>) =>
  deleteJob(world.deps, {
    key: worker.key,
    by: 'me',
    withChildren: false,
    dryRun: false,
    meetsPrecondition: () => true,
  });

describe('an output', () => {
  test('is a data object of the attempt, which the job shows while it runs and as complete afterwards', async () => {
    const world = await outputWorld();
    expect(await world.shown()).toBeUndefined();
    const created = await world.create('plot');
    expect(created).toMatchObject({ abort: false, upload: { method: 'PUT' } });
    expect(await world.stored()).toMatchObject({ hasOutputs: true });
    expect(await world.object(created.id)).toMatchObject({
      name: 'plot-file',
      status: 'uploading',
      origin: { kind: 'job', jobId: worker.key.jobId, attempt: 1, slot: 'plot' },
    });
    const shown = {
      id: created.id,
      name: 'plot-file',
      mediaType: 'image/png',
      sizeBytes: 7,
      complete: false,
    };
    expect(await world.shown()).toEqual({ plot: [shown] });
    await world.put(created);
    const completed = { id: created.id, status: 'available', sizeBytes: 7, abort: false };
    for (let times = 0; times < 2; times += 1)
      expect(await world.complete('plot', created.id)).toEqual({ output: completed, isPending: false });
    expect(await world.shown()).toEqual({ plot: [shown] });
    await end(world);
    expect(await world.shown()).toEqual({ plot: [{ ...shown, complete: true }] });
  });

  test('of unknown size is uploaded in parts, whose URLs are listed in pages', async () => {
    const world = await outputWorld();
    const { id, upload } = await world.create('plot', { sizeBytes: undefined });
    expect(upload).toEqual({ partSizeBytes: 16_777_216, partsUrl: `${slotUrl}/${id}/parts` });
    const page = await listOutputParts(world.deps, {
      caller: worker,
      output: { slot: 'plot', dataId: id },
      from: 3,
      limit: 2,
    });
    expect(page).toMatchObject({ parts: [{ number: 3 }, { number: 4 }], nextFrom: 5 });
    const response = await world.deps.contents.fetch(page.parts[0]?.url ?? '', {
      method: 'PUT',
      body: Buffer.from('part'),
    });
    const parts = [{ number: 3, etag: response.headers.get('etag') ?? '' }];
    expect(await refusalOf(world.complete('plot', id, { parts }))).toBe('upload-incomplete');
  });

  test('has the SHA-256 that the worker computed', async () => {
    const world = await outputWorld();
    const created = await world.create('plot');
    await world.put(created);
    const sha256 = 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73';
    await world.complete('plot', created.id, { sha256 });
    expect(await world.object(created.id)).toMatchObject({ checksum: { sha256 } });
  });

  test('in an unknown slot, of a media type that the slot does not accept, or of another attempt is refused', async () => {
    const world = await outputWorld();
    await expect(world.create('unknown')).rejects.toMatchObject({ slug: 'slot-not-found' });
    await expect(world.create('constructor')).rejects.toMatchObject({ slug: 'slot-not-found' });
    const refused = { slug: 'invalid-inputs', extension: { errors: [{ pointer: '/mediaType' }] } };
    await expect(world.create('plot', { mediaType: 'text/csv' })).rejects.toMatchObject(refused);
    await expect(world.create('plot', { mediaType: undefined })).rejects.toMatchObject(refused);
    const { id } = await world.create('plot');
    expect(await refusalOf(world.complete('extras', id))).toBe('not-found');
    const output = { slot: 'plot', dataId: id };
    for (const call of [
      getWorkerInputs(world.deps, older),
      createOutput(world.deps, { caller: older, slot: 'plot', slotUrl, output: { name: 'a-file' } }),
      listOutputParts(world.deps, { caller: older, output, from: 1, limit: 1 }),
      completeOutput(world.deps, { caller: older, output, completion: {} }),
    ])
      expect(await refusalOf(call)).toBe('stale-attempt');
    expect(await world.stored()).toMatchObject({ hasOutputs: true });
  });

  test('cannot be created or completed after the end of the attempt, and changes the job no more', async () => {
    const world = await outputWorld();
    await world.write('plot');
    const late = await world.create('plot', { name: 'late' });
    await world.put(late);
    await end(world);
    const before = await world.shown();
    expect(await refusalOf(world.complete('plot', late.id))).toBe('stale-attempt');
    expect(await refusalOf(world.create('plot'))).toBe('stale-attempt');
    expect(await world.shown()).toEqual(before);
  });

  test('that was created again replaces the earlier one once it has content; a collection has one for each name', async () => {
    const world = await outputWorld();
    const first = await world.write('plot');
    await world.create('plot');
    expect(await world.shown()).toMatchObject({ plot: [{ id: first }] });
    const second = await world.write('plot');
    expect(await world.shown()).toMatchObject({ plot: [{ id: second }] });
    const one = await world.write('extras', { name: 'one' });
    await world.write('extras', { name: 'two' });
    const two = await world.write('extras', { name: 'two' });
    const shown = await world.shown();
    expect(shown?.['extras']?.map(({ id }) => id)).toEqual([one, two]);
  });

  test('of an earlier attempt is not shown', async () => {
    const world = await outputWorld();
    await world.write('plot');
    const later = { ...(await world.stored()), attempt: 2 };
    expect(await shownOutputs(world.deps, later)).toBeUndefined();
  });

  test('is removed if the job was deleted while it was being created', async () => {
    for (const sizeBytes of [7, undefined]) {
      const world = await outputWorld();
      const insert: typeof world.deps.data.insert = async (data) => {
        await abortJob(world.deps, { key: worker.key, by: 'me' });
        expect(await remove(world)).toEqual({ kind: 'deleted' });
        return world.deps.data.insert(data);
      };
      const ports = { ...world.deps, data: { ...world.deps.data, insert } };
      await expect(world.create('plot', { sizeBytes }, ports)).rejects.toMatchObject({
        slug: 'unauthenticated',
      });
      expect((await world.deps.data.list({ tenant: 'local', limit: 10 })).data).toEqual([]);
      expect(world.deps.contents.uploadIds()).toEqual([]);
    }
  });

  test('is found by the job wherever the process that creates it dies', async () => {
    for (let atCall = 1; ; atCall += 1) {
      const world = await outputWorld();
      const dying = dyingProcess(world.deps, ['jobs', 'data', 'contents'], { atCall, effect: true });
      const isAlive = await world.create('plot', {}, dying.deps).then(
        () => true,
        () => false,
      );
      const { data } = await world.deps.data.list({ tenant: 'local', limit: 10 });
      if (data.length > 0) expect(await world.shown()).toMatchObject({ plot: [{ id: data[0]?.id }] });
      if (isAlive) break;
    }
  });
});

describe('the end of an attempt', () => {
  test.each([{ result: null }, { result: { any: 'thing' } }])(
    'without content in a required output slot is an invalid result: %j',
    async (completion) => {
      const world = await outputWorld();
      await world.create('plot');
      await world.write('extras');
      await completeAttempt(world.deps, { caller: worker, completion });
      expect(await world.stored()).toMatchObject({
        status: 'failed',
        failure: { code: 'invalid-result', detail: expect.stringContaining('output slot plot') },
      });
    },
  );

  test('with content in all required slots succeeds', async () => {
    const world = await outputWorld();
    await world.write('plot');
    await end(world);
    expect(await world.stored()).toMatchObject({ status: 'succeeded' });
  });

  test('of a service without output slots reads no data objects', async () => {
    const world = await outputWorld(executingJob({ service: { name: 'plain', version: '1.0.0' } }));
    const { deps } = world;
    const plain = await deps.services.get({ tenant: 'local', name: 'echo', version: '1.0.0' });
    if (plain === undefined) throw new Error('missing');
    const { outputs: _, ...definition } = plain.definition;
    await deps.services.insert({ ...plain, name: 'plain', definition });
    const list = () => Promise.reject(new Error('The data objects were read'));
    const ports = { ...deps, data: { ...deps.data, list } };
    await completeAttempt(ports, { caller: worker, completion: { result: null } });
    expect(await world.stored()).toMatchObject({ status: 'succeeded' });
  });
});

describe('the outputs of a job', () => {
  test('are listed slot by slot; a slot with one object leads to its content', async () => {
    const world = await outputWorld();
    const plot = await world.write('plot');
    const extra = await world.write('extras', { name: 'one' });
    expect(await listOutputs(world.deps, worker.key)).toMatchObject([
      { slot: 'plot', id: plot },
      { slot: 'extras', id: extra },
    ]);
    expect(await getOutput(world.deps, worker.key, 'plot')).toMatchObject({
      kind: 'content',
      data: { id: plot },
    });
    await world.write('extras', { name: 'two' });
    expect(await getOutput(world.deps, worker.key, 'extras')).toMatchObject({
      kind: 'list',
      outputs: [{ slot: 'extras', name: 'one' }, { name: 'two' }],
    });
    await expect(getOutput(world.deps, worker.key, 'unknown')).rejects.toMatchObject({
      slug: 'slot-not-found',
    });
  });

  test('of a job that has written none are an empty list', async () => {
    const world = await outputWorld();
    expect(await listOutputs(world.deps, worker.key)).toEqual([]);
    expect(await getOutput(world.deps, worker.key, 'plot')).toEqual({ kind: 'list', outputs: [] });
  });

  test('prevent the deletion of the job until they are deleted', async () => {
    const world = await outputWorld();
    const plot = await world.write('plot');
    await end(world);
    await expect(remove(world)).rejects.toMatchObject({
      slug: 'job-has-dependents',
      extension: { dataIds: [plot] },
    });
    expect(await world.stored()).not.toHaveProperty('cascade');
    await deleteData(world.deps, { key: { tenant: 'local', dataId: plot }, by: 'me' });
    expect(world.deps.contents.bytesOf(contentKey({ tenant: 'local', id: plot }))).toBeUndefined();
    expect(await remove(world)).toEqual({ kind: 'deleted' });
  });
});
