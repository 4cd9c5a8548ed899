import { createHash } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { AwsRequest, AwsResponse } from '../cloud.ts';
import { checksumHeaders, isValueHeader } from './integrity/checksum.ts';
import { bytesOfFiles } from './join-files.ts';
import type { StoredObject } from './object-store.ts';
import { permitWrite } from './preconditions.ts';
import { type NamedPart, namedParts } from './request-xml.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import type { S3Operation } from './s3-operation.ts';
import { checkNamedPart, checkStatedChecksum, invalidPart, objectChecksum } from './upload-checksums.ts';
import { foundUpload } from './upload-parts.ts';
import type { Upload, UploadedPart } from './upload-store.ts';
import { storeBlob } from './write-object.ts';
import { xmlResponse } from './xml-response.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const minPartBytes = 5 * 1024 * 1024;

/**
 * CompleteMultipartUpload: joins the named parts atomically. The same request succeeds again while the object exists,
 * even with `If-None-Match` (https://github.com/adobe/S3Mock/issues/2586, https://github.com/getmoto/moto/pull/9209).
 * A request that arrives while the parts are being joined waits for the end of that.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export const completeUpload: S3Handler = async (operation, request, context) => {
  const uploadId = operation.query.get('uploadId') ?? '';
  while (context.completing.has(uploadId)) await context.completing.get(uploadId)?.catch(() => undefined);
  const repeated = repeatedResponse(operation, request, context);
  if (repeated !== undefined) return repeated;
  const completing = complete(operation, request, context);
  context.completing.set(uploadId, completing);
  try {
    return await completing;
  } finally {
    context.completing.delete(uploadId);
  }
};

async function complete(
  operation: S3Operation,
  request: AwsRequest,
  context: S3Context,
): Promise<AwsResponse> {
  const { store, uploads } = context;
  const upload = foundUpload(operation, context);
  const { bucket, key, uploadId } = upload;
  const named = namedParts(request.body);
  const parts = chosenParts(upload, named, uploads.parts(uploadId));
  const checksum = await objectChecksum(upload, parts);
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  checkStatedSize(request.headers['x-amz-mp-object-size'], sizeBytes);
  checkStatedChecksum(upload, request.headers, checksum);
  const permit = permitWrite(request.headers);
  permit(store.find(bucket, key));
  const paths = parts.map((part) => store.blobPath(part.blob));
  const blob = await store.writeBlob(bytesOfFiles(paths)).catch((error: unknown) => {
    foundUpload(operation, context); // an abort removes the files of the parts
    throw error;
  });
  const object = {
    ...{ bucket, key, blob, sizeBytes, etag: etagOf(parts) },
    modifiedAt: context.now(),
    headers: { ...upload.headers, ...checksumHeaders(checksum) },
  };
  let joined: readonly UploadedPart[] = [];
  storeBlob(store, {
    object,
    permit(present) {
      foundUpload(operation, context);
      permit(present);
    },
    also() {
      joined = uploads.complete(uploadId, { blob, namedParts: digestOf(named) });
    },
  });
  for (const part of joined) store.removeBlob(part.blob);
  return completedResponse(object);
}

/** Returns the response to a request that was executed before; undefined if it was not. */
function repeatedResponse(
  { bucket, key, query }: S3Operation,
  request: AwsRequest,
  { store, uploads }: S3Context,
): AwsResponse | undefined {
  const completed = uploads.completed(query.get('uploadId') ?? '');
  const object = store.find(bucket, key);
  if (completed === undefined || object?.blob !== completed.blob) return undefined;
  return completed.namedParts === digestOf(namedParts(request.body)) ? completedResponse(object) : undefined;
}

function completedResponse(object: StoredObject): AwsResponse {
  const { bucket, key, etag, headers } = object;
  const value = Object.entries(headers).find(([name]) => isValueHeader(name));
  return xmlResponse('CompleteMultipartUploadResult', [
    ['Location', `/${bucket}/${key}`],
    ['Bucket', bucket],
    ['Key', key],
    ['ETag', `"${etag}"`],
    [`Checksum${value?.[0].slice('x-amz-checksum-'.length).toUpperCase()}`, value?.[1]],
    ['ChecksumType', headers['x-amz-checksum-type']],
  ]);
}

function chosenParts(
  upload: Upload,
  named: readonly NamedPart[],
  uploaded: readonly UploadedPart[],
): readonly UploadedPart[] {
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  if (named.some((part, index) => part.partNumber <= (named[index - 1]?.partNumber ?? 0))) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    ).with({ UploadId: upload.uploadId });
  }
  return named.map((each, index) => {
    const part = byNumber.get(each.partNumber);
    if (part === undefined || part.etag !== each.etag) throw invalidPart(upload, each);
    if (part.sizeBytes < minPartBytes && index < named.length - 1) throw partTooSmall(part);
    checkNamedPart(upload, each, part);
    return part;
  });
}

function partTooSmall({ partNumber, etag, sizeBytes }: UploadedPart): AwsError {
  const message = 'Your proposed upload is smaller than the minimum allowed size';
  return new AwsError('EntityTooSmall', message).with({
    ProposedSize: String(sizeBytes),
    MinSizeAllowed: String(minPartBytes),
    PartNumber: String(partNumber),
    ETag: etag,
  });
}

function checkStatedSize(stated: string | undefined, sizeBytes: number): void {
  if (stated === undefined || stated === String(sizeBytes)) return;
  throw new AwsError(
    'InvalidRequest',
    /^\d+$/.test(stated)
      ? `The provided 'x-amz-mp-object-size' header value ${stated} does not match what was computed: ${sizeBytes}`
      : `Value for x-amz-mp-object-size header is invalid: '${stated}'`,
  );
}

/** The MD5 of the parts' MD5s, followed by their number. */
function etagOf(parts: readonly UploadedPart[]): string {
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
  return `${createHash('md5').update(joined).digest('hex')}-${parts.length}`;
}

function digestOf(named: readonly NamedPart[]): string {
  return createHash('sha256').update(JSON.stringify(named)).digest('base64');
}
