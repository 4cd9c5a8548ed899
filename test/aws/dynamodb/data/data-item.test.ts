import { expect, test } from 'vitest';
import { fromItem, toItem } from '../../../../aws/dynamodb/data/data-item.ts';
import {
  fromItem as fromTombstoneItem,
  toItem as toTombstoneItem,
} from '../../../../aws/dynamodb/data/data-tombstone-item.ts';
import { dueShard } from '../../../../aws/dynamodb/job-items/due-shard.ts';
import type { DataObject } from '../../../../core/data/model/data-object.ts';
import { aDataObject, availableData } from '../../../support/data/data-objects.ts';
import { itemSize } from '../../../support/jobs/item-size.ts';

/** An object with every member, which no real object has. */
const full: Required<DataObject> = {
  tenant: 'acme',
  id: '019aa5c9-b4cd-7000-8000-000000000000',
  name: 'plot #1/ä.svg',
  mediaType: 'image/svg+xml',
  sizeBytes: 7,
  status: 'uploading',
  checksum: { crc64nvme: 'rosUhgp5mIg=', sha256: 'ab'.repeat(32) },
  expectedSha256: 'cd'.repeat(32),
  tags: ['red', 'blue'],
  origin: { kind: 'job', jobId: 'job-1', attempt: 2, slot: 'plot' },
  updatedAt: 1,
  expiresAt: 2,
  nextCheckAt: 3,
  upload: { kind: 'parts', uploadId: 'up-1', partSizeBytes: 4, partCount: 5 },
  deletion: { by: 'key-1', requestedAt: 6, accepted: true },
  version: 8,
};

/** Stored items depend on these names and formats: they must not change without a new layout version. */
const stored = {
  pk: { S: 'T#acme' },
  sk: { S: 'O#019aa5c9-b4cd-7000-8000-000000000000' },
  due: { S: `data#${dueShard(full.id)}` },
  dueAt: { N: '3' },
  live: { S: 'acme#data#uploading#job' },
  svc: { S: 'acme#data#image/svg+xml' },
  z: { N: '1' },
  v: { N: '8' },
  st: { S: 'uploading' },
  n: { S: 'plot #1/ä.svg' },
  sz: { N: '7' },
  ck: { S: `{"crc64nvme":"rosUhgp5mIg=","sha256":"${'ab'.repeat(32)}"}` },
  xs: { S: 'cd'.repeat(32) },
  tg: { S: '["red","blue"]' },
  og: { S: '{"kind":"job","jobId":"job-1","attempt":2,"slot":"plot"}' },
  ua: { N: '1' },
  ea: { N: '2' },
  up: { S: '{"kind":"parts","uploadId":"up-1","partSizeBytes":4,"partCount":5}' },
  dl: { S: '{"by":"key-1","requestedAt":6,"accepted":true}' },
};

test('an object is stored under these names and read from them', () => {
  expect(toItem(full)).toStrictEqual(stored);
  expect(fromItem(stored)).toStrictEqual(full);
});

test('a tombstone is stored under these names and read from them', () => {
  const data = availableData({ tenant: 'acme', id: full.id });
  const tombstone = { deletedAt: 9, by: 'key-1', data, removeAfter: 10 };
  const { removeAfter: _, ...settled } = tombstone;
  const item = {
    pk: stored.pk,
    sk: stored.sk,
    due: stored.due,
    dueAt: { N: '10' },
    z: { N: '1' },
    gone: { S: JSON.stringify(settled) },
  };
  expect(toTombstoneItem(tombstone)).toStrictEqual(item);
  expect(fromTombstoneItem(item)).toStrictEqual(tombstone);
  const { due: _due, dueAt: _dueAt, ...settledItem } = item;
  expect(toTombstoneItem(settled)).toStrictEqual(settledItem);
  expect(fromTombstoneItem(settledItem)).toStrictEqual(settled);
});

test('an item of another layout, with an unknown status or without origin cannot be read', () => {
  const { og: _, ...withoutOrigin } = stored;
  for (const [item, message] of [
    [{ ...stored, z: { N: '2' } }, /has layout version 2, but this release reads 1/],
    [{ ...stored, st: { S: 'lost' } }, /has the unknown status "lost"/],
    [withoutOrigin, /lacks its origin/],
  ] as const)
    expect(() => fromItem(item)).toThrow(message);
  expect(() => fromTombstoneItem({ ...stored, gone: { S: '{}' }, z: { N: '2' } })).toThrow(
    /layout version 2/,
  );
});

test('a typical object has less than 600 bytes, so that a write of it costs one unit', () => {
  const origin = { kind: 'job', jobId: full.id, attempt: 1, slot: 'histogram' } as const;
  const checksum = { crc64nvme: 'rosUhgp5mIg=', sha256: 'ab'.repeat(32) };
  expect(itemSize(toItem(availableData({ origin, checksum, tags: ['project-a'] })))).toBeLessThan(600);
  expect(itemSize(toItem(aDataObject()))).toBeLessThan(600);
});
