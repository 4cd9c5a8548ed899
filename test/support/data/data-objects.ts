import fc from 'fast-check';
import { dataStatuses } from '../../../core/contract/schemas/data-schemas.ts';
import type { DataChecksum, DataObject, DataOrigin, Upload } from '../../../core/data/model/data-object.ts';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import { jobIdAt } from '../jobs/job-id.ts';
import { someTime } from '../jobs/jobs.ts';
import { keyText } from '../jobs/key-text.ts';

/** A data object that was just created for an upload with one PUT. */
export function aDataObject(given: Partial<DataObject> = {}): DataObject {
  return {
    tenant: 'local',
    id: jobIdAt(someTime),
    name: 'weather.csv',
    mediaType: 'text/csv',
    sizeBytes: 48_219,
    status: 'uploading',
    tags: [],
    origin: { kind: 'upload', by: 'key-1' },
    updatedAt: someTime,
    upload: { kind: 'single' },
    nextCheckAt: someTime + 86_400_000,
    version: 1,
    ...given,
  };
}

/** A data object whose content is available. */
export function availableData(given: Partial<DataObject> = {}): DataObject {
  const { upload: _, nextCheckAt: _never, ...data } = aDataObject();
  return { ...data, status: 'available', checksum: { crc64nvme: 'rosUhgp5mIg=' }, ...given };
}

/** The next version of a data object. */
export function changed(data: DataObject, change: Partial<DataObject>): DataObject {
  return { ...data, ...change, version: data.version + 1 };
}

const someText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const sha256 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const crc64nvme = fc
  .uint8Array({ minLength: 8, maxLength: 8 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));
const id = fc
  .record({ at: fc.nat(2 ** 42), salt: fc.bigInt({ min: 0n, max: 2n ** 60n - 1n }) })
  .map(({ at, salt }) => jobIdAt(at, salt));

/** A name that is longer than the part of it that a sort key contains, with a character across its end. */
const longName = fc
  .tuple(fc.integer({ min: 980, max: 985 }), fc.constantFrom('a', 'é', '\u{10ffff}', '#'), fc.nat(30))
  .map(([length, character, rest]) => 'n'.repeat(length) + character + 'z'.repeat(rest));

/** Names with all characters that could split a key or a path, up to 1,024 bytes. */
const arbitraryName: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: keyText(['weather.csv', '../plot', 'n'.repeat(500)]) },
  { weight: 1, arbitrary: longName },
);

const origin: fc.Arbitrary<DataOrigin> = fc.oneof(
  fc.record({ kind: fc.constant('upload' as const), by: someText }, { noNullPrototype: true }),
  fc.record(
    {
      kind: fc.constant('job' as const),
      jobId: fc.constantFrom(jobIdAt(5), jobIdAt(6)),
      attempt: fc.integer({ min: 1, max: 10 }),
      slot: fc.constantFrom('plot', 'table'),
    },
    { noNullPrototype: true },
  ),
);

const upload: fc.Arbitrary<Upload> = fc.oneof(
  fc.constant({ kind: 'single' as const }),
  fc.record(
    {
      kind: fc.constant('parts' as const),
      uploadId: someText,
      partSizeBytes: fc.nat(2 ** 33),
      partCount: fc.integer({ min: 1, max: 10_000 }),
    },
    { requiredKeys: ['kind', 'uploadId', 'partSizeBytes'], noNullPrototype: true },
  ),
);

const checksum: fc.Arbitrary<DataChecksum> = fc.record(
  { crc64nvme, sha256 },
  { requiredKeys: [], noNullPrototype: true },
);

const rest = fc.record(
  {
    sizeBytes: fc.nat(2 ** 42),
    checksum,
    expectedSha256: sha256,
    expiresAt: fc.nat(2 ** 42),
    nextCheckAt: fc.nat(2 ** 42),
    upload,
    deletion: fc.record(
      { by: someText, requestedAt: fc.nat(2 ** 42), accepted: fc.constant(true as const) },
      { requiredKeys: ['by', 'requestedAt'], noNullPrototype: true },
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Any data object with any combination of members. Some share a job, a tag, a name or a media type. */
export function arbitraryDataObject(tenant = 'local'): fc.Arbitrary<DataObject> {
  return fc
    .record({
      id,
      name: arbitraryName,
      mediaType: fc.constantFrom('text/csv', 'text/csv; charset=utf-8', 'image/svg+xml', 'a/b#data#c'),
      status: fc.constantFrom(...dataStatuses),
      tags: fc.subarray(['red', 'blue', 'a,b', '#', 'red#', '\0']),
      origin,
      updatedAt: fc.nat(2 ** 42),
      version: fc.integer({ min: 1, max: 9 }),
      rest,
    })
    .map(({ rest: { ...optional }, ...required }) => ({ tenant, ...required, ...omitUndefined(optional) }));
}
