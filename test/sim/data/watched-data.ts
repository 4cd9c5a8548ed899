import assert from 'node:assert/strict';
import { contentKey, type DataObject, type DataTombstone } from '../../../core/data/model/data-object.ts';
import type { DataStore } from '../../../core/ports/data/data-store.ts';
import { asError } from '../../../core/std/as-error.ts';
import { omit } from '../../../core/std/omit.ts';
import { memoryContentStore } from '../../support/memory/memory-content-store.ts';
import { memoryDataStore } from '../../support/memory/memory-data-store.ts';

export interface WatchedData {
  readonly store: DataStore;
  readonly contents: ReturnType<typeof memoryContentStore>;
  /** Writes that violated an invariant. Stored, because the reconciler logs the errors of the store. */
  readonly violations: readonly unknown[];
  /** Every object that was not deleted, in its current version. */
  objects(): readonly DataObject[];
  /** Every tombstone in its current version. */
  tombstones(): readonly DataTombstone[];
  /** The uploads in parts that an object had, by their IDs. */
  readonly uploads: ReadonlyMap<string, DataObject>;
}

/** Stores of data objects and of their content in memory that check each write. */
export function watchedData(clock: { now(): number }): WatchedData {
  const store = memoryDataStore();
  const contents = memoryContentStore({ clock, minPartBytes: 1 });
  const objects = new Map<string, DataObject>();
  const tombstones = new Map<string, DataTombstone>();
  const uploads = new Map<string, DataObject>();
  /** The keys whose content was removed at least once: only late content is there again. */
  const emptied = new Set<string>();
  const violations: unknown[] = [];
  const note = (id: string, check: () => void) => {
    try {
      check();
    } catch (cause) {
      violations.push(new Error(`${id}: ${asError(cause).message}`, { cause }));
    }
  };
  const keep = (data: DataObject) => {
    objects.set(data.id, data);
    if (data.upload?.kind === 'parts') uploads.set(data.upload.uploadId, data);
  };
  return {
    violations,
    uploads,
    objects: () => [...objects.values()],
    tombstones: () => [...tombstones.values()],
    contents: {
      ...contents,
      async remove(key) {
        emptied.add(key);
        await contents.remove(key);
      },
    },
    store: {
      ...store,
      async insert(data) {
        const result = await store.insert(data);
        if (result === 'exists') return result;
        note(data.id, () => checkObject(data));
        keep(data);
        return result;
      },
      async replace(data, expectedVersion) {
        const before = objects.get(data.id);
        const result = await store.replace(data, expectedVersion);
        if (result === 'conflict' || before === undefined) return result;
        note(data.id, () => checkObject(data));
        note(data.id, () => checkWrite(before, data));
        keep(data);
        return result;
      },
      async replaceWithTombstone(tombstone, expectedVersion) {
        const before = objects.get(tombstone.data.id);
        const result = await store.replaceWithTombstone(tombstone, expectedVersion);
        if (result === 'conflict' || before === undefined) return result;
        const hasContent = contents.keys().includes(contentKey(before)) && !emptied.has(contentKey(before));
        note(before.id, () => {
          checkTombstone(before, tombstone);
          assert(!hasContent, 'was deleted before its content');
        });
        objects.delete(before.id);
        tombstones.set(before.id, tombstone);
        return result;
      },
      async settleTombstone(key) {
        await store.settleTombstone(key);
        const tombstone = tombstones.get(key.dataId);
        if (tombstone !== undefined) tombstones.set(key.dataId, omit(tombstone, ['removeAfter']));
      },
    },
  };
}

/** The members of an object fit its status, and whatever has an end is checked again. */
function checkObject({ status, upload, checksum, sizeBytes, ...data }: DataObject): void {
  assert.equal(upload !== undefined, status === 'uploading', `an upload while it is ${status}`);
  assert.equal(checksum !== undefined, status === 'available', `a checksum while it is ${status}`);
  if (status === 'available') assert(sizeBytes !== undefined, 'its size is unknown');
  const ends = status !== 'available' || data.deletion !== undefined || data.expiresAt !== undefined;
  if (ends) assert(data.nextCheckAt !== undefined, 'is never checked again');
}

/** The end of an upload and the acceptance of a deletion are final. */
function checkWrite(before: DataObject, after: DataObject): void {
  assert.equal(after.version, before.version + 1, 'version');
  assert(after.updatedAt >= before.updatedAt, 'its time goes back');
  for (const member of ['origin', 'mediaType'] as const) assert.deepEqual(after[member], before[member]);
  if (before.status !== 'uploading') {
    for (const member of ['status', 'checksum', 'sizeBytes'] as const)
      assert.deepEqual(after[member], before[member], `${member} of an ended upload`);
    const [one, other] = [before, after].map((data) => omit(data, ['version', 'updatedAt']));
    assert.notDeepEqual(one, other, 'was written without a change');
  }
  if (before.deletion?.accepted === true)
    assert.deepEqual(after.deletion, before.deletion, 'its deletion was withdrawn');
}

/** An object is deleted after the acceptance, or before anybody knew it. */
function checkTombstone(before: DataObject, { by, deletedAt, data }: DataTombstone): void {
  const isUnknown = by === 'errand' && before.version === 1;
  assert(before.deletion?.accepted === true || isUnknown, 'was deleted without an acceptance');
  if (before.deletion !== undefined) assert.equal(by, before.deletion.by, 'the author of its deletion');
  assert(deletedAt >= data.updatedAt, 'was deleted before its last change');
}
