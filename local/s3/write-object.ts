import { AwsError } from '../aws-error.ts';
import type { AwsResponse } from '../cloud.ts';
import { checksumHeaders, defaultAlgorithm } from './integrity/checksum.ts';
import { incomingBody } from './integrity/incoming-body.ts';
import { statedChecksum } from './integrity/stated-checksum.ts';
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

/**
 * PutObject: writes the body to a file as it arrives, and stores the object atomically after checking digests and
 * conditions.
 */
export const putObject: S3Handler = async ({ bucket, key }, request, context) => {
  if (Buffer.byteLength(key) > maxKeyBytes) throw new AwsError('KeyTooLongError', 'Your key is too long');
  const { headers } = request;
  const kept = keptHeaders(headers);
  const algorithm = statedChecksum(headers)?.algorithm ?? defaultAlgorithm;
  const body = incomingBody(request, [algorithm]);
  const blob = await context.store.writeBlob(body.chunks);
  const { sizeBytes, md5: etag, checksums } = body.facts();
  const value = checksums.get(algorithm);
  const checksum = value === undefined ? {} : checksumHeaders({ algorithm, type: 'FULL_OBJECT', value });
  const object = {
    ...{ bucket, key, blob, sizeBytes, etag },
    modifiedAt: context.now(),
    headers: { ...kept, ...checksum },
  };
  storeBlob(context.store, { object, permit: permitWrite(headers) });
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
  for await (const _ of incomingBody(request).chunks); // verifies the digests
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

/** An object whose bytes are written, and the condition on the existing object. */
export interface Replacement {
  readonly object: StoredObject;
  readonly permit: (present: StoredObject | undefined) => void;
  /** Makes further writes that happen together with that of the object or not at all. */
  readonly also?: () => void;
}

/** Stores an object whose file is complete. If it is refused, the file is removed. */
export function storeBlob(store: ObjectStore, { object, permit, also }: Replacement): void {
  try {
    store.replace(object, permit, also);
  } catch (error) {
    store.removeBlob(object.blob);
    throw error;
  }
}
