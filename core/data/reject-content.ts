import type { ContentStore } from '../ports/data/content-store.ts';
import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import { contentKey, type DataObject } from './model/data-object.ts';
import { type DataDecision, nextVersion, updateData } from './update-data.ts';

/**
 * For how long a rejection keeps an object from becoming available, in milliseconds. The functions that remove rejected content run
 * at most 30 seconds, so afterwards no removal can follow.
 */
const rejectionMs = 60_000;

/** Whether a request may be about to remove the content, so that the object must not become available. */
export function isBeingRejected({ upload }: DataObject, now: number): boolean {
  return upload?.rejectedAt !== undefined && now < upload.rejectedAt + rejectionMs;
}

/** The object with the rejection of its content, which is stored before the content is removed; `now` in epoch milliseconds. */
export function withRejection(data: DataObject, now: number): DataObject {
  const { upload = { kind: 'single' } } = data;
  return nextVersion(data, now, { upload: { ...upload, rejectedAt: now } });
}

/**
 * Removes rejected content, and then ends the rejection, so that other content can be uploaded and completed. If this call is
 * interrupted, the rejection ends after a minute.
 * @param rejected as `withRejection` returned it
 */
export async function removeRejected(
  deps: {
    readonly data: Pick<DataStore, 'get' | 'replace'>;
    readonly contents: Pick<ContentStore, 'remove'>;
  },
  key: DataKey,
  rejected: DataObject,
): Promise<void> {
  await deps.contents.remove(contentKey(rejected));
  await updateData(deps.data, key, (current): DataDecision<undefined> => {
    // The upload was ended or deleted since, or the rejection is another one.
    if (current?.upload?.rejectedAt === undefined) return { result: undefined };
    const { rejectedAt, ...upload } = current.upload;
    if (rejectedAt !== rejected.upload?.rejectedAt) return { result: undefined };
    const next = nextVersion(current, current.updatedAt, { upload });
    return { next, result: undefined };
  });
}
