import { omit } from '../std/omit.ts';
import { urlLifetimeSeconds } from './describe-upload.ts';
import type { DataObject, DataTombstone } from './model/data-object.ts';

/**
 * For how long content may still come for a deleted object, in milliseconds. No URL is presigned after the deletion, and S3 checks
 * the expiry of a URL when a request begins
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html), so a PUT that begins in the last moment has
 * half an hour to end.
 */
const lateContentMs = urlLifetimeSeconds * 1000 + 30 * 60_000;

/**
 * The tombstone of an object whose content was removed. Content may come late for every object: until its URL expires, a completed
 * PUT may be repeated, and the store accepts it once the first content is gone.
 */
export function tombstoneOfData(
  data: DataObject,
  { by, now }: { readonly by: string; readonly now: number },
): DataTombstone {
  return {
    deletedAt: Math.max(now, data.updatedAt),
    by,
    data: omit(data, ['nextCheckAt', 'deletion', 'upload']),
    removeAfter: now + lateContentMs,
  };
}
