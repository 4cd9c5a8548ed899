import { createHash } from 'node:crypto';
import type { UploadCompletion } from '../../../core/contract/schemas/data-schemas.ts';
import { completeUpload } from '../../../core/data/complete-upload.ts';
import { describeUpload } from '../../../core/data/describe-upload.ts';
import { insertData, type NewDataObject } from '../../../core/data/insert-data.ts';
import { listParts } from '../../../core/data/list-parts.ts';
import type { DataObject, DataOrigin } from '../../../core/data/model/data-object.ts';
import type { Settings } from '../../../core/ports/settings.ts';
import { countingRandom } from '../../support/jobs/counting-random.ts';
import { testSettings } from '../../support/jobs/test-settings.ts';
import { memoryContentStore } from '../../support/memory/memory-content-store.ts';
import { memoryDataStore } from '../../support/memory/memory-data-store.ts';

const startOfTime = Date.parse('2026-11-30T12:00:00Z');

/** In-memory stores of data objects with a settable clock, and clients that upload to them. */
export function dataWorld(settings: Partial<Settings> = {}) {
  const time = { now: startOfTime };
  const clock = { now: () => time.now };
  const data = memoryDataStore();
  const contents = memoryContentStore({ clock, minPartBytes: 1 });
  const deps = {
    data,
    contents,
    clock,
    random: countingRandom(() => 0),
    settings: testSettings(settings),
  };

  const create = (description: NewDataObject, origin: DataOrigin = { kind: 'upload', by: 'tester' }) =>
    insertData(deps, { tenant: 'acme', origin, description });

  /** A PUT to a URL that is presigned now. */
  const presigned = async (object: DataObject) => {
    const upload = await describeUpload(deps, object, 'https://errand.invalid/parts');
    if (upload === undefined || !('url' in upload))
      throw new Error('The object is not uploaded with one PUT');
    return (bytes: Uint8Array, headers?: Record<string, string>) =>
      contents.fetch(upload.url, { method: 'PUT', body: bytes, headers: { ...upload.headers, ...headers } });
  };

  const put = async (object: DataObject, bytes: Uint8Array, headers?: Record<string, string>) =>
    (await presigned(object))(bytes, headers);

  /** Uploads the parts with these numbers, each with `bytesOf(number)`, and returns their completion. */
  const putParts = async (
    object: DataObject,
    numbers: readonly number[],
    bytesOf: (number: number) => Uint8Array,
  ): Promise<NonNullable<UploadCompletion['parts']>> => {
    const completed: { number: number; etag: string }[] = [];
    for (const number of numbers) {
      const { parts } = await listParts(deps, object, { from: number, limit: 1 });
      const response = await contents.fetch(parts[0]?.url ?? '', { method: 'PUT', body: bytesOf(number) });
      completed.push({ number, etag: response.headers.get('etag') ?? '' });
    }
    return completed;
  };

  const complete = (object: DataObject, completion: UploadCompletion = {}) =>
    completeUpload(deps, { key: { tenant: object.tenant, dataId: object.id }, completion });

  const uploaded = async (
    bytes: Uint8Array,
    description: Partial<NewDataObject> = {},
    origin?: DataOrigin,
  ) => {
    const object = await create({ name: 'a-file', ...description, sizeBytes: bytes.length }, origin);
    await put(object, bytes);
    return (await complete(object)).data;
  };

  return { time, deps, data, contents, create, presigned, put, putParts, complete, uploaded };
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
