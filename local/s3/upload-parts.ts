import { AwsError } from '../aws-error.ts';
import { incomingBody } from './integrity/incoming-body.ts';
import { keptHeaders } from './object-headers.ts';
import type { S3Context, S3Handler } from './s3-context.ts';
import type { S3Operation } from './s3-operation.ts';
import { partAlgorithms, requestedChecksum } from './upload-checksums.ts';
import type { Upload, UploadChecksum, UploadedPart } from './upload-store.ts';
import { type XmlElement, xmlResponse } from './xml-response.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxParts = 10_000;

/** CreateMultipartUpload. */
export const createUpload: S3Handler = async ({ bucket, key }, request, { uploads, now }) => {
  const checksum = requestedChecksum(request.headers);
  const { uploadId } = uploads.begin({
    bucket,
    key,
    initiatedAt: now(),
    headers: keptHeaders(request.headers),
    ...(checksum === undefined ? {} : { checksum }),
  });
  const response = xmlResponse('InitiateMultipartUploadResult', [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', uploadId],
  ]);
  return { ...response, headers: { ...response.headers, ...settingHeaders(checksum) } };
};

/** UploadPart: writes the body to a file as it arrives. A part that is sent again replaces the earlier one. */
export const uploadPart: S3Handler = async (operation, request, context) => {
  const upload = foundUpload(operation, context);
  const partNumber = Number(operation.query.get('partNumber'));
  if (!(Number.isInteger(partNumber) && partNumber >= 1 && partNumber <= maxParts)) {
    throw new AwsError(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${maxParts}, inclusive`,
    );
  }
  const algorithms = partAlgorithms(upload, request.headers);
  const body = incomingBody(request, algorithms);
  const blob = await context.store.writeBlob(body.chunks);
  const { sizeBytes, md5: etag, checksums } = body.facts();
  if (context.uploads.find(upload.uploadId, upload.bucket, upload.key) === undefined) {
    context.store.removeBlob(blob);
    throw noSuchUpload(upload.uploadId);
  }
  const part = { partNumber, blob, sizeBytes, etag, modifiedAt: context.now(), checksums };
  context.uploads.putPart(upload.uploadId, part);
  const value = checksums.get(algorithms[0]);
  const checksum = value === undefined ? {} : { [`x-amz-checksum-${algorithms[0]}`]: value };
  return { status: 200, headers: { etag: `"${etag}"`, ...checksum }, body: '' };
};

/** AbortMultipartUpload. */
export const abortUpload: S3Handler = async (operation, _request, context) => {
  context.uploads.end(foundUpload(operation, context).uploadId);
  return { status: 204, headers: {}, body: '' };
};

/** ListParts, in pages of at most 1,000. */
export const listParts: S3Handler = async (operation, _request, context) => {
  const { bucket, key, query } = operation;
  const { uploadId, checksum } = foundUpload(operation, context);
  const after = Number(query.get('part-number-marker') ?? 0);
  const limit = Math.min(Number(query.get('max-parts') ?? 1000), 1000);
  const rest = context.uploads.parts(uploadId).filter((part) => part.partNumber > after);
  const page = rest.slice(0, limit);
  return xmlResponse('ListPartsResult', [
    ['Bucket', bucket],
    ['Key', key],
    ['UploadId', uploadId],
    ['PartNumberMarker', after],
    ['NextPartNumberMarker', page.at(-1)?.partNumber ?? 0],
    ['MaxParts', limit],
    ['IsTruncated', rest.length > page.length],
    ['ChecksumAlgorithm', checksum?.algorithm.toUpperCase()],
    ['ChecksumType', checksum?.type],
    ...page.map((part) => partElement(part, checksum)),
  ]);
};

/** Returns the upload that a request names. Throws `AwsError` `NoSuchUpload`. */
export function foundUpload({ bucket, key, query }: S3Operation, context: S3Context): Upload {
  const uploadId = query.get('uploadId') ?? '';
  const upload = context.uploads.find(uploadId, bucket, key);
  if (upload === undefined) throw noSuchUpload(uploadId);
  return upload;
}

function settingHeaders(checksum: UploadChecksum | undefined): Readonly<Record<string, string>> {
  if (checksum === undefined) return {};
  return {
    'x-amz-checksum-algorithm': checksum.algorithm.toUpperCase(),
    'x-amz-checksum-type': checksum.type,
  };
}

/** The checksum of a part is listed only if its upload was created with one. */
function partElement(part: UploadedPart, checksum: UploadChecksum | undefined): XmlElement {
  const name = checksum?.algorithm.toUpperCase();
  return [
    'Part',
    [
      ['PartNumber', part.partNumber],
      ['LastModified', new Date(part.modifiedAt).toISOString()],
      ['ETag', `"${part.etag}"`],
      ['Size', part.sizeBytes],
      [`Checksum${name}`, checksum && part.checksums.get(checksum.algorithm)],
    ],
  ];
}

function noSuchUpload(uploadId: string): AwsError {
  return new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  ).with({ UploadId: uploadId });
}
