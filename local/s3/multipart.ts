import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { AwsError } from '../aws-error.ts';
import { checksumHeaders, compositeChecksum, verifyBody } from './checksum.ts';
import { decodeBody } from './chunked-body.ts';
import { keptHeaders } from './object-headers.ts';
import type { ObjectStore } from './object-store.ts';
import { permitWrite } from './preconditions.ts';
import { namedParts } from './request-xml.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import type { S3Operation } from './s3-operation.ts';
import type { Upload, UploadedPart } from './upload-store.ts';
import { replaceObject } from './write-object.ts';
import { type XmlElement, xmlResponse } from './xml-response.ts';

/** Limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxParts = 10_000;
const minPartBytes = 5 * 1024 * 1024;

/** CreateMultipartUpload. */
export const createUpload: S3Handler = async ({ bucket, key }, request, { uploads }) => {
  const uploadId = uploads.begin({ bucket, key, headers: keptHeaders(request.headers) });
  return xmlResponse('InitiateMultipartUploadResult', [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', uploadId],
  ]);
};

/** UploadPart. A part that is sent again replaces the earlier one. */
export const uploadPart: S3Handler = async (operation, request, context) => {
  const { uploadId } = foundUpload(operation, context);
  const partNumber = Number(operation.query.get('partNumber'));
  if (!(Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= maxParts)) {
    throw new AwsError(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${maxParts}, inclusive`,
    );
  }
  const body = decodeBody(request.body, request.headers);
  const checksum = verifyBody(body, request.headers);
  const etag = createHash('md5').update(body.bytes).digest('hex');
  const blob = await context.store.writeBlob([body.bytes]);
  if (context.uploads.find(uploadId, operation.bucket, operation.key) === undefined) {
    context.store.removeBlob(blob);
    throw noSuchUpload();
  }
  context.uploads.putPart(uploadId, {
    partNumber,
    blob,
    sizeBytes: body.bytes.length,
    etag,
    modifiedAtEpochMilliseconds: Date.now(),
    ...(checksum === undefined ? {} : { checksum }),
  });
  return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(checksum) }, body: '' };
};

/**
 * CompleteMultipartUpload: joins the named parts atomically. The object's ETag is the MD5 of its parts' MD5s,
 * followed by their number.
 */
export const completeUpload: S3Handler = async (operation, request, context) => {
  const { bucket, key } = operation;
  const upload = foundUpload(operation, context);
  const parts = chosenParts(upload, request.body, context);
  const digest = createHash('md5').update(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex'))));
  const etag = `${digest.digest('hex')}-${parts.length}`;
  const checksum = checksumHeaders(compositeChecksum(parts.map((part) => part.checksum)));
  const permit = permitWrite(request.headers);
  await replaceObject(context.store, {
    object: {
      bucket,
      key,
      etag,
      sizeBytes: parts.reduce((sum, part) => sum + part.sizeBytes, 0),
      headers: { ...upload.headers, ...checksum },
    },
    chunks: bytesOfParts(parts, context.store),
    permit(present) {
      foundUpload(operation, context);
      permit(present);
    },
  });
  context.uploads.end(upload.uploadId);
  return xmlResponse('CompleteMultipartUploadResult', [
    ['Location', `/${bucket}/${key}`],
    ['Bucket', bucket],
    ['Key', key],
    ['ETag', `"${etag}"`],
  ]);
};

/** AbortMultipartUpload. */
export const abortUpload: S3Handler = async (operation, _request, context) => {
  context.uploads.end(foundUpload(operation, context).uploadId);
  return { status: 204, headers: {}, body: '' };
};

/** ListParts, in pages of at most 1,000. */
export const listParts: S3Handler = async (operation, _request, context) => {
  const { bucket, key, query } = operation;
  const { uploadId } = foundUpload(operation, context);
  const after = Number(query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(query.get('max-parts') ?? 1000), 1000);
  const rest = context.uploads.parts(uploadId).filter((part) => part.partNumber > after);
  const page = rest.slice(0, limit);
  const isTruncated = rest.length > page.length;
  return xmlResponse('ListPartsResult', [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', uploadId],
    ['PartNumberMarker', after],
    ['NextPartNumberMarker', isTruncated ? page.at(-1)?.partNumber : undefined],
    ['MaxParts', limit],
    ['IsTruncated', isTruncated],
    ...page.map(partElement),
  ]);
};

function partElement(part: UploadedPart): XmlElement {
  return [
    'Part',
    [
      ['PartNumber', part.partNumber],
      ['LastModified', new Date(part.modifiedAtEpochMilliseconds).toISOString()],
      ['ETag', `"${part.etag}"`],
      ['Size', part.sizeBytes],
    ],
  ];
}

function foundUpload({ bucket, key, query }: S3Operation, context: S3Context): Upload {
  const upload = context.uploads.find(query.get('uploadId') ?? '', bucket, key);
  if (upload === undefined) throw noSuchUpload();
  return upload;
}

function chosenParts(upload: Upload, body: Buffer, context: S3Context): readonly UploadedPart[] {
  const uploaded = new Map(context.uploads.parts(upload.uploadId).map((part) => [part.partNumber, part]));
  const named = namedParts(body);
  if (named.some((part, index) => part.partNumber <= (named[index - 1]?.partNumber ?? 0))) {
    throw new AwsError('InvalidPartOrder', 'The list of parts was not in ascending order.');
  }
  return named.map(({ partNumber, etag }, index) => {
    const part = uploaded.get(partNumber);
    if (part === undefined || part.etag !== etag) {
      throw new AwsError('InvalidPart', `part ${partNumber} was not uploaded or has a different ETag`);
    }
    if (part.sizeBytes < minPartBytes && index < named.length - 1) {
      throw new AwsError(
        'EntityTooSmall',
        `part ${partNumber} is smaller than ${minPartBytes} bytes and is not the last part`,
      );
    }
    return part;
  });
}

async function* bytesOfParts(parts: readonly UploadedPart[], store: ObjectStore): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* createReadStream(store.blobPath(part.blob));
}

function noSuchUpload(): AwsError {
  return new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
}
