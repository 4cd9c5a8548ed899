import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import { completeUpload } from '../../../core/data/complete-upload.ts';
import { contentKey } from '../../../core/data/model/data-object.ts';
import { interruptedProcess } from '../../support/memory/interrupted-process.ts';
import { dataWorld, sha256Of } from './data-world.ts';

const bytes = Buffer.from('one,two\n1,2\n');

async function problemOf(promise: Promise<unknown>): Promise<ProblemError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('No problem was thrown');
}

/** The kind of the result, or the problem. */
function outcomeOf(completion: ReturnType<typeof completeUpload>): Promise<string> {
  return completion.then(
    ({ kind }) => kind,
    (error: unknown) => {
      if (error instanceof ProblemError) return error.slug;
      throw error;
    },
  );
}

const wrongChecksum = { crc64nvme: 'AAAAAAAAAAA=' };

describe('an upload with one PUT', () => {
  test('makes the content available, with the checksum of the store, and once only', async () => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length });
    expect((await world.put(object, bytes)).status).toBe(200);
    const { kind, data } = await world.complete(object);
    expect(kind).toBe('available');
    expect(data).toMatchObject({ status: 'available', sizeBytes: bytes.length, version: 2 });
    expect(data.checksum?.crc64nvme).toMatch(/^.{11}=$/);
    expect(data).not.toHaveProperty('upload');
    expect(data).not.toHaveProperty('nextCheckAt');
    expect(await world.complete(object)).toEqual({ kind, data });
    expect((await world.put(object, Buffer.from('XXX,XXX\nX,X\n'))).status).toBe(412);
  });

  test('is refused before the content has arrived', async () => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.csv', sizeBytes: 3 });
    expect((await problemOf(world.complete(object))).slug).toBe('upload-incomplete');
    expect((await world.data.get({ tenant: 'acme', dataId: object.id }))?.status).toBe('uploading');
  });

  test('stores only content with the announced SHA-256, which becomes its checksum', async () => {
    const world = dataWorld();
    const sha256 = sha256Of(bytes);
    const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length, sha256 });
    expect((await world.put(object, Buffer.from('XXX,XXX\nX,X\n'))).status).toBe(400);
    expect((await world.put(object, bytes)).status).toBe(200);
    expect((await world.complete(object)).data.checksum).toEqual({ sha256 });
  });

  test('with another CRC-64/NVME than expected is refused, and can be repeated', async () => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length });
    await world.put(object, bytes);
    const problem = await problemOf(world.complete(object, wrongChecksum));
    expect(problem.slug).toBe('checksum-mismatch');
    expect(world.contents.keys()).toEqual([]);
    expect((await world.put(object, bytes)).status).toBe(200);
    expect((await world.complete(object)).kind).toBe('available');
  });

  test.each([
    ['completes it', 0],
    ['is refused too, uploads again and completes', 1],
  ])(
    'is never available without content if another request %s between any two calls',
    async (_, refusals) => {
      const outcomes: string[] = [];
      for (let at = 1; ; at += 1) {
        const world = dataWorld();
        const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length });
        await world.put(object, bytes);
        const key = { tenant: object.tenant, dataId: object.id };
        const other: string[] = [];
        const act = async () => {
          for (let refused = 0; refused < refusals; refused += 1) {
            other.push(await outcomeOf(world.complete(object, wrongChecksum)));
            await world.put(object, bytes);
          }
          other.push(await outcomeOf(world.complete(object)));
        };
        const { deps } = interruptedProcess(world.deps, ['data', 'contents'], { beforeCall: at, act });
        const slow = await outcomeOf(completeUpload(deps, { key, completion: wrongChecksum }));
        if (other.length === 0) break;
        outcomes.push(`${slow}, ${other.at(-1)}`);
        const isAvailable = (await world.data.get(key))?.status === 'available';
        expect([at, isAvailable]).toEqual([at, other.at(-1) === 'available']);
        if (isAvailable) expect(world.contents.keys()).toEqual([contentKey(object)]);
        // A pending completion is repeated, and nothing stays that would prevent it.
        await world.put(object, bytes);
        expect(await outcomeOf(world.complete(object))).toBe('available');
      }
      expect(new Set(outcomes)).toEqual(
        new Set(['checksum-mismatch, available', 'checksum-mismatch, pending']),
      );
    },
  );

  test('whose removal was interrupted can be completed a minute later', async () => {
    for (const isRemoved of [false, true]) {
      const world = dataWorld();
      const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length });
      await world.put(object, bytes);
      const key = { tenant: object.tenant, dataId: object.id };
      const remove = async (name: string) => {
        if (isRemoved) await world.contents.remove(name);
        throw new Error('the function died');
      };
      const dying = { ...world.deps, contents: { ...world.contents, remove } };
      await expect(completeUpload(dying, { key, completion: wrongChecksum })).rejects.toThrow(
        'the function died',
      );
      expect(await outcomeOf(world.complete(object))).toBe('pending');
      world.time.now += 60_000;
      expect((await problemOf(world.complete(object, wrongChecksum))).slug).toBe(
        isRemoved ? 'upload-incomplete' : 'checksum-mismatch',
      );
      await world.put(object, bytes);
      expect(await outcomeOf(world.complete(object))).toBe('available');
    }
  });

  test('is refused if the upload is ended for lack of time meanwhile', async () => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length });
    await world.put(object, bytes);
    const key = { tenant: object.tenant, dataId: object.id };
    const contents = {
      ...world.contents,
      describe: async (name: string) => {
        const { upload: _, ...ended } = object;
        await world.data.replace({ ...ended, status: 'failed', version: 2 }, 1);
        return world.contents.describe(name);
      },
    };
    const problem = await problemOf(completeUpload({ ...world.deps, contents }, { key, completion: {} }));
    expect(problem.slug).toBe('upload-incomplete');
  });

  test('takes no list of parts', async () => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.csv', sizeBytes: bytes.length });
    const problem = await problemOf(world.complete(object, { parts: [{ number: 1, etag: 'e' }] }));
    expect(problem).toMatchObject({
      slug: 'invalid-request',
      extension: { errors: [{ pointer: '/parts' }] },
    });
  });
});

describe('an upload in parts', () => {
  const sizeBytes = 100_000_001;
  const unknown = { name: 'a.bin' };
  const part = (number: number) => Buffer.from(`part ${number};`);

  test('of unknown size joins the parts in their order, and gets its size', async () => {
    const world = dataWorld();
    const object = await world.create(unknown);
    const parts = await world.putParts(object, [2, 1, 3], part);
    const { data } = await world.complete(object, { parts });
    expect(data).toMatchObject({ status: 'available', sizeBytes: 21 });
    const content = world.contents.bytesOf(contentKey(data)) ?? new Uint8Array();
    expect(Buffer.from(content).toString()).toBe('part 1;part 2;part 3;');
  });

  test('reports the missing parts, and continues after a break', async () => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.bin', sizeBytes });
    const problem = await problemOf(world.complete(object, { parts: [{ number: 3, etag: 'e' }] }));
    expect(problem).toMatchObject({
      slug: 'upload-incomplete',
      extension: { missingParts: [1, 2, 4, 5, 6] },
    });
    const open = await world.create(unknown);
    const parts = await world.putParts(open, [1, 3], part);
    const incomplete = await problemOf(world.complete(open, { parts }));
    expect(incomplete.extension.missingParts).toEqual([2]);
    const all = [...parts, ...(await world.putParts(open, [2], part))];
    expect((await world.complete(open, { parts: all })).kind).toBe('available');
  });

  test('names the parts whose ETag is another one', async () => {
    const world = dataWorld();
    const object = await world.create(unknown);
    const [first] = await world.putParts(object, [1, 2], part);
    const parts = [first ?? { number: 1, etag: '' }, { number: 2, etag: 'another' }];
    expect((await problemOf(world.complete(object, { parts }))).extension.missingParts).toEqual([2]);
  });

  test('is pending while the store joins the parts, and available afterwards', async () => {
    for (const effect of ['joined', 'waiting'] as const) {
      const world = dataWorld();
      const object = await world.create(unknown);
      const parts = await world.putParts(object, [1, 2], part);
      world.contents.delayCompletions(1, effect);
      expect((await world.complete(object, { parts })).kind).toBe('pending');
      expect((await world.complete(object, { parts })).kind).toBe('available');
    }
  });

  test('whose parts the store has discarded cannot be completed', async () => {
    const world = dataWorld();
    const object = await world.create(unknown);
    const parts = await world.putParts(object, [1], part);
    const upload = object.upload?.kind === 'parts' ? object.upload.uploadId : '';
    await world.contents.abortParts(contentKey(object), upload);
    expect((await problemOf(world.complete(object, { parts }))).slug).toBe('upload-incomplete');
  });

  test.each([
    ['without parts', {}],
    ['with a repeated part', { parts: [1, 1].map((number) => ({ number, etag: 'e' })) }],
    [
      'with a part beyond the last',
      { parts: [1, 2, 3, 4, 5, 6, 7].map((number) => ({ number, etag: 'e' })) },
    ],
  ])('%s is an invalid request', async (_, completion) => {
    const world = dataWorld();
    const object = await world.create({ name: 'a.bin', sizeBytes });
    const problem = await problemOf(world.complete(object, completion));
    expect(problem).toMatchObject({
      slug: 'invalid-request',
      extension: { errors: [{ pointer: '/parts' }] },
    });
  });
});

test('an object that expires keeps its expiry when its upload is complete', async () => {
  const world = dataWorld();
  const expiresAt = '2026-12-24T00:00:00Z';
  const data = await world.uploaded(bytes, { expiresAt });
  expect(data.nextCheckAt).toBe(Date.parse(expiresAt));
});

test('an expiry in the past is an invalid request', async () => {
  const world = dataWorld();
  const problem = await problemOf(
    world.create({ name: 'a', sizeBytes: 1, expiresAt: '2026-11-30T12:00:00Z' }),
  );
  expect(problem).toMatchObject({
    slug: 'invalid-request',
    extension: { errors: [{ pointer: '/expiresAt' }] },
  });
});
