import { AwsError } from '../../aws-error.ts';
import {
  type ChecksumAlgorithm,
  checksumAlgorithm,
  checksumPrefix,
  isValueHeader,
  valueBytes,
} from './checksum.ts';

/** What a request states about the checksum of its body. */
export interface StatedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. Absent if the value follows the body in a trailer. */
  readonly value?: string;
}

/**
 * Returns the checksum that a request states in a header or announces as a trailer; undefined if it states none.
 * Throws `AwsError` `InvalidRequest` for several checksums and for a value that cannot be one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export function statedChecksum(headers: Readonly<Record<string, string>>): StatedChecksum | undefined {
  const inTrailer = (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const names = [...Object.keys(headers), ...inTrailer].filter(isValueHeader);
  const [name] = names;
  if (name === undefined) return undefined;
  if (names.length > 1) {
    throw new AwsError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  const algorithm = checksumAlgorithm(name.slice(checksumPrefix.length));
  const value = headers[name];
  if (value === undefined) return { algorithm };
  return { algorithm, value: checkedValue({ algorithm, value }, `${name} header`) };
}

/** Returns the value of a trailer. Throws `AwsError` if the trailer is missing or cannot be a checksum. */
export function trailingChecksum(
  algorithm: ChecksumAlgorithm,
  trailers: Readonly<Record<string, string>>,
): string {
  const name = `${checksumPrefix}${algorithm}`;
  const value = trailers[name];
  if (value === undefined) throw malformedTrailer();
  return checkedValue({ algorithm, value }, `${name} trailing header`);
}

/** Creates the error for trailers that do not match the header `x-amz-trailer`. */
export function malformedTrailer(): AwsError {
  return new AwsError(
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  );
}

function checkedValue({ algorithm, value }: Required<StatedChecksum>, where: string): string {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === valueBytes[algorithm] && bytes.toString('base64') === value) return value;
  throw new AwsError('InvalidRequest', `Value for ${where} is invalid.`);
}
