import type { DataUpload } from '../contract/schemas/data-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContentStore } from '../ports/data/content-store.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { contentKey, type DataObject } from './model/data-object.ts';

/** How long a presigned URL is valid, in seconds. */
export const urlLifetimeSeconds = 900;

export interface DescribeUploadDeps {
  readonly contents: Pick<ContentStore, 'presignUpload'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** How to upload the content of a data object; undefined once the upload is complete or has failed. */
export async function describeUpload(
  deps: DescribeUploadDeps,
  data: DataObject,
  partsUrl: string,
): Promise<DataUpload | undefined> {
  const { upload, sizeBytes } = data;
  if (upload === undefined || data.status !== 'uploading') return undefined;
  if (upload.kind === 'parts') {
    const { partSizeBytes, partCount } = upload;
    return { partSizeBytes, ...omitUndefined({ partCount }), partsUrl };
  }
  if (sizeBytes === undefined) throw new Error(`The upload of ${data.id} with one PUT has no size`);
  const expiresAt = urlExpiry(deps.clock.now());
  const content = { sizeBytes, sha256: data.expectedSha256 };
  const { url, headers } = await deps.contents.presignUpload(contentKey(data), content, urlLifetimeSeconds);
  return { method: 'PUT', url, headers, expiresAt };
}

/** When a URL that is presigned now expires, RFC 3339. */
export function urlExpiry(now: number): string {
  return new Date(now + urlLifetimeSeconds * 1000).toISOString();
}
