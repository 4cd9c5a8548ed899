import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { AwsResponse } from '../cloud.ts';
import { checksumHeaders, verifyBody } from './checksum.ts';
import { decodeBody } from './chunked-body.ts';
import { keptHeaders } from './object-headers.ts';
import type { ObjectStore, StoredObject } from './object-store.ts';
import { permitWrite } from './preconditions.ts';
import { deletedKeys, isQuiet } from './request-xml.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import { type XmlElement, xmlResponse } from './xml-response.ts';

/**
 * Maximum length of a key in bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const maxKeyBytes = 1024;

/** PutObject: stores the object atomically after checking checksums and conditions. */
export const putObject: S3Handler = async ({ bucket, key }, request, context) => {
  if (Buffer.byteLength(key) > maxKeyBytes) throw new AwsError('KeyTooLongError', 'Your key is too long');
  const body = decodeBody(request.body, request.headers);
  const checksum = checksumHeaders(verifyBody(body, request.headers));
  const etag = createHash('md5').update(body.bytes).digest('hex');
  const object = {
    bucket,
    key,
    sizeBytes: body.bytes.length,
    etag,
    headers: { ...keptHeaders(request.headers), ...checksum },
  };
  await replaceObject(context.store, { object, chunks: [body.bytes], permit: permitWrite(request.headers) });
  return { status: 200, headers: { etag: `"${etag}"`, ...checksum }, body: '' };
};

/** DeleteObject; it also succeeds if there is no object. */
export const deleteObject: S3Handler = async ({ bucket, key }, request, { store }) => {
  store.remove(bucket, key, (present) => {
    if (request.headers['if-match'] !== undefined)
      permitWrite({ 'if-match': request.headers['if-match'] })(present);
  });
  return { status: 204, headers: {}, body: '' };
};

/** DeleteObjects, up to 1,000 keys. */
export const deleteObjects: S3Handler = async ({ bucket }, request, { store }): Promise<AwsResponse> => {
  verifyBody(decodeBody(request.body, request.headers), request.headers);
  const keys = deletedKeys(request.body);
  for (const key of keys) store.remove(bucket, key, () => {});
  const reportedKeys = isQuiet(request.body) ? [] : keys;
  return xmlResponse(
    'DeleteResult',
    reportedKeys.map((key): XmlElement => ['Deleted', [['Key', key]]]),
  );
};

/** Throws `AwsError` `NoSuchBucket` for a bucket that is not in the app. */
export function requireBucket(bucket: string, context: S3Context): void {
  if (!context.hasBucket(bucket))
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
}

/** An object to be written, and the condition on the existing object. */
export interface Replacement {
  readonly object: Omit<StoredObject, 'blob' | 'modifiedAt'>;
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly permit: (present: StoredObject | undefined) => void;
}

/** Writes the bytes first and then stores the object atomically. A refused write leaves no file. */
export async function replaceObject(store: ObjectStore, replacement: Replacement): Promise<void> {
  const { object, chunks, permit } = replacement;
  const blob = await store.writeBlob(chunks);
  try {
    store.replace({ ...object, blob, modifiedAt: Date.now() }, permit);
  } catch (error) {
    store.removeBlob(blob);
    throw error;
  }
}
