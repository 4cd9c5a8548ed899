import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { accessDenied } from '../aws-error.ts';
import type { AwsRequest, AwsResponse } from '../cloud.ts';
import { principalName } from '../iam/access-control.ts';
import { type ByteRange, byteRange } from './byte-range.ts';
import { overriddenHeaders } from './object-headers.ts';
import type { StoredObject } from './object-store.ts';
import { noSuchKey, readCondition } from './preconditions.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import type { S3Operation } from './s3-operation.ts';

/** Objects up to this size are read into memory; larger ones are streamed. */
const inMemoryBytes = 1024 * 1024;

/** GetObject, with conditions, a single range and overridden headers. */
export const getObject: S3Handler = async (operation, request, context) => {
  const object = foundObject(operation, request, context);
  if (readCondition(request.headers, object) === 'not-modified') return notModified(object);
  const range = byteRange(request.headers['range'], object.sizeBytes);
  const head = headOf(object, { operation, request, range });
  const part = range ?? { first: 0, last: object.sizeBytes - 1 };
  // The file is opened at once: a concurrent write removes the file's name, but an open file remains
  // readable.
  return { ...head, ...bytesOf(openSync(context.store.blobPath(object.blob), 'r'), part) };
};

/** HeadObject: the response of GetObject without the bytes. */
export const headObject: S3Handler = async (operation, request, context) => {
  const object = foundObject(operation, request, context);
  if (readCondition(request.headers, object) === 'not-modified') return notModified(object);
  const range = byteRange(request.headers['range'], object.sizeBytes);
  return { ...headOf(object, { operation, request, range }), body: '' };
};

/**
 * Returns the object of a key. If no object exists, a caller that may not list the bucket gets "access
 * denied": https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function foundObject(
  { bucket, key }: Pick<S3Operation, 'bucket' | 'key'>,
  request: AwsRequest,
  context: S3Context,
): StoredObject {
  const object = context.store.find(bucket, key);
  if (object !== undefined) return object;
  if (context.mayList(request, bucket)) throw noSuchKey();
  throw accessDenied(principalName(request.principal), 's3:ListBucket', `arn:aws:s3:::${bucket}`);
}

interface Reading {
  readonly operation: S3Operation;
  readonly request: AwsRequest;
  readonly range: ByteRange | undefined;
}

function headOf(object: StoredObject, { operation, request, range }: Reading): Omit<AwsResponse, 'body'> {
  const wantsChecksum = request.headers['x-amz-checksum-mode'] === 'ENABLED' && range === undefined;
  const own = Object.entries(object.headers).filter(
    ([name]) => wantsChecksum || !name.startsWith('x-amz-checksum-'),
  );
  const sizeBytes = range === undefined ? object.sizeBytes : range.last - range.first + 1;
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...Object.fromEntries(own),
      ...overriddenHeaders(operation.query),
      ...(range ? { 'content-range': `bytes ${range.first}-${range.last}/${object.sizeBytes}` } : {}),
      'accept-ranges': 'bytes',
      'content-length': String(sizeBytes),
      ...validators(object),
    },
  };
}

function validators(object: StoredObject) {
  return {
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedAt).toUTCString(),
  };
}

function notModified(object: StoredObject): AwsResponse {
  return { status: 304, headers: validators(object), body: '' };
}

function bytesOf(file: number, { first, last }: ByteRange): Pick<AwsResponse, 'body' | 'bodyStream'> {
  const sizeBytes = last - first + 1;
  if (sizeBytes > inMemoryBytes) {
    return { body: '', bodyStream: createReadStream('', { fd: file, start: first, end: last }) };
  }
  try {
    const bytes = Buffer.alloc(sizeBytes);
    for (let at = 0; at < sizeBytes; ) {
      const read = readSync(file, bytes, at, sizeBytes - at, first + at);
      if (read === 0) throw new Error('an object file is shorter than its recorded size');
      at += read;
    }
    return { body: bytes };
  } finally {
    closeSync(file);
  }
}
