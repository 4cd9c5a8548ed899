import { AwsError } from '../aws-error.ts';
import {
  badDigest,
  type Checksum,
  type ChecksumAlgorithm,
  checksumAlgorithm,
  defaultAlgorithm,
} from './integrity/checksum.ts';
import { compositeChecksum, fullObjectChecksum } from './integrity/combine-checksums.ts';
import { statedChecksum } from './integrity/stated-checksum.ts';
import type { NamedPart } from './request-xml.ts';
import { notImplemented } from './s3-operation.ts';
import type { Upload, UploadChecksum, UploadedPart } from './upload-store.ts';

type Headers = Readonly<Record<string, string>>;

/**
 * The rules of checksums in multipart uploads. The error messages are those of S3, as recorded in
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/s3/test_s3.snapshot.json
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */

/** Returns the checksum that CreateMultipartUpload requests; undefined if it requests none. */
export function requestedChecksum(headers: Headers): UploadChecksum | undefined {
  const name = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type']?.toUpperCase();
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw invalid(
      'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.',
    );
  }
  const algorithm = checksumAlgorithm(name);
  const possible = typesOf(algorithm);
  const [preferred] = possible;
  if (type === undefined) return { algorithm, type: preferred };
  if (type !== 'COMPOSITE' && type !== 'FULL_OBJECT') throw notImplemented(`the checksum type ${type}`);
  if (possible.includes(type)) return { algorithm, type };
  throw invalid(`The ${type} checksum type cannot be used with the ${algorithm} checksum algorithm.`);
}

/**
 * Returns the algorithms to compute for a part; the response contains the value of the first one. Throws `AwsError` `InvalidRequest` if the part states another checksum
 * than that of its upload, or none although the checksum of the object is made of those of the parts.
 */
export function partAlgorithms(
  upload: Upload,
  headers: Headers,
): readonly [ChecksumAlgorithm, ...ChecksumAlgorithm[]] {
  const stated = statedChecksum(headers)?.algorithm;
  if (upload.checksum === undefined)
    return stated === undefined ? [defaultAlgorithm] : [stated, defaultAlgorithm];
  const { algorithm, type } = upload.checksum;
  if (stated === algorithm || (stated === undefined && type === 'FULL_OBJECT')) return [algorithm];
  throw invalid(
    `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${stated ?? 'null'}`,
  );
}

/** Checks a checksum that CompleteMultipartUpload names for a part. */
export function checkNamedPart(upload: Upload, named: NamedPart, part: UploadedPart): void {
  const { checksum } = upload;
  const [stated] = named.checksums;
  if (stated === undefined) {
    if (checksum?.type !== 'COMPOSITE') return;
    throw invalid(
      `The upload was created using a ${checksum.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${part.partNumber} in the request.`,
    );
  }
  const [algorithm, value] = stated;
  if (checksum !== undefined && algorithm !== checksum.algorithm) {
    const message = `The ${algorithm} you specified for part ${part.partNumber} did not match what we received.`;
    throw new AwsError('BadDigest', message);
  }
  if (checksum === undefined || value !== part.checksums.get(checksum.algorithm))
    throw invalidPart(upload, named);
}

/** Computes the checksum of the object from those of its parts. */
export async function objectChecksum(upload: Upload, parts: readonly UploadedPart[]): Promise<Checksum> {
  const { algorithm, type } = upload.checksum ?? { algorithm: defaultAlgorithm, type: 'FULL_OBJECT' };
  const values = parts.map(({ checksums, sizeBytes }) => ({
    value: checksums.get(algorithm) ?? '',
    sizeBytes,
  }));
  return type === 'FULL_OBJECT'
    ? fullObjectChecksum(algorithm, values)
    : compositeChecksum(algorithm, values);
}

/**
 * Checks what CompleteMultipartUpload states about the checksum of the object. A checksum without its type is a
 * `BadDigest` for a full-object CRC32 or CRC32C even if the value is right. What S3 does with a CRC64NVME without a type,
 * or with a checksum of an upload that was created without one, is not known.
 */
export function checkStatedChecksum(upload: Upload, headers: Headers, computed: Checksum): void {
  checkStatedType(upload, headers);
  const stated = statedChecksum(headers);
  if (stated === undefined) return;
  const { checksum } = upload;
  if (checksum === undefined)
    throw notImplemented('a checksum in CompleteMultipartUpload of an upload that was created without one');
  if (stated.algorithm !== checksum.algorithm) throw badDigest(checksum.algorithm);
  const isTyped = headers['x-amz-checksum-type'] !== undefined;
  if (!isTyped && stated.algorithm === 'crc64nvme')
    throw notImplemented('the header x-amz-checksum-crc64nvme without x-amz-checksum-type: FULL_OBJECT');
  if ((!isTyped && checksum.type === 'FULL_OBJECT') || stated.value !== computed.value)
    throw badDigest(checksum.algorithm);
}

/** Creates the error for a part that CompleteMultipartUpload names and that was not uploaded like this. */
export function invalidPart({ uploadId }: Upload, { partNumber, etag }: NamedPart): AwsError {
  return new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  ).with({ UploadId: uploadId, PartNumber: String(partNumber), ETag: etag });
}

function checkStatedType({ checksum }: Upload, headers: Headers): void {
  const type = headers['x-amz-checksum-type']?.toUpperCase();
  if (type === undefined || type === checksum?.type) return;
  throw invalid(
    `The upload was created using the ${checksum?.type ?? 'null'} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/** The possible types, the default first. */
function typesOf(
  algorithm: ChecksumAlgorithm,
): readonly [UploadChecksum['type'], ...UploadChecksum['type'][]] {
  switch (algorithm) {
    case 'crc64nvme':
      return ['FULL_OBJECT'];
    case 'crc32':
    case 'crc32c':
      return ['COMPOSITE', 'FULL_OBJECT'];
    case 'sha1':
    case 'sha256':
      return ['COMPOSITE'];
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidRequest', message);
}
