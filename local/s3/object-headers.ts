import { AwsError } from '../aws-error.ts';
import { isRecord } from '../json.ts';

type Headers = Readonly<Record<string, string>>;

const storedHeaders = [
  'content-type',
  'content-language',
  'content-disposition',
  'cache-control',
  'content-encoding',
  'expires',
];

/** Maximum size of user metadata in bytes: names without prefix plus values. */
const maxMetadataBytes = 2048;

/**
 * Returns the headers of an upload that S3 returns with the object. Throws `AwsError` `MetadataTooLarge`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
 */
export function keptHeaders(headers: Headers): Headers {
  const kept = Object.entries(headers).filter(
    ([name]) => storedHeaders.includes(name) || name.startsWith('x-amz-meta-'),
  );
  const metadata = kept.filter(([name]) => name.startsWith('x-amz-meta-'));
  const sizeBytes = metadata.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name.slice(11) + value),
    0,
  );
  if (sizeBytes > maxMetadataBytes) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size');
  }
  const encoding = withoutFraming(headers['content-encoding']);
  const plain = Object.fromEntries(kept.filter(([name]) => name !== 'content-encoding'));
  return {
    'content-type': 'application/octet-stream',
    ...plain,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
}

/** Parses the JSON text in which a store keeps headers. */
export function parseHeaders(text: string): Headers {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed)) throw new Error('stored headers cannot be read');
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
}

/** Removes `aws-chunked`, which describes the upload and not the object. */
function withoutFraming(encoding: string | undefined): string | undefined {
  const kept = encoding
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'aws-chunked' && name !== '');
  return kept === undefined || kept.length === 0 ? undefined : kept.join(',');
}

/** Returns the headers that a reader requests in the query, such as `response-content-disposition`. */
export function overriddenHeaders(query: URLSearchParams): Headers {
  return Object.fromEntries(
    storedHeaders.flatMap((name) => {
      const value = query.get(`response-${name}`);
      return value === null ? [] : [[name, value] as const];
    }),
  );
}
