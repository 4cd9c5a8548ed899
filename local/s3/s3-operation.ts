import { AwsError } from '../aws-error.ts';
import { splitUrl } from '../gateway/sigv4.ts';

/** The supported operations of S3. */
export type S3OperationName =
  | 'GetObject'
  | 'HeadObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'ListObjectsV2'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListParts';

/** The operation of a path-style request. */
export interface S3Operation {
  readonly name: S3OperationName;
  readonly bucket: string;
  /** Empty for operations on the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** The parts of a request that determine its operation. */
export interface S3Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Query parameters that do not determine the operation. */
const plainQuery = new Set(
  [
    'x-id',
    'list-type',
    'prefix',
    'delimiter',
    'max-keys',
    'continuation-token',
    'start-after',
    'encoding-type',
  ].concat(
    ['fetch-owner', 'uploadId', 'partNumber', 'uploads', 'delete', 'max-parts', 'part-number-marker'],
    [
      'content-type',
      'content-language',
      'expires',
      'cache-control',
      'content-disposition',
      'content-encoding',
    ].map((name) => `response-${name}`),
  ),
);

/**
 * Returns the operation of a request. Throws `AwsError` `NotImplemented` (501) with the name of an
 * unsupported feature, such as tags, versions or ACLs, so that a request is never executed as a different
 * operation.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export function s3Operation(request: S3Request): S3Operation {
  const [path, queryText] = splitUrl(request.url);
  const query = new URLSearchParams(queryText);
  const [, bucket = '', rest = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const key = decodeKey(rest);
  for (const name of query.keys()) {
    const isSigning = name.toLowerCase().startsWith('x-amz-');
    if (!isSigning && !plainQuery.has(name)) throw notImplemented(`the sub-resource ${name}`);
  }
  refuseHeaders(request.headers);
  const name = key === '' ? bucketOperation(request.method, query) : objectOperation(request.method, query);
  if (name === undefined || bucket === '') throw notImplemented(`${request.method} ${path}`);
  return { name, bucket, key, query };
}

/** Creates a 501 error, so that no client mistakes an unsupported feature for a success. */
export function notImplemented(what: string): AwsError {
  return new AwsError('NotImplemented', `${what} is not implemented by the local S3`, 501);
}

function decodeKey(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.");
  }
}

const refusedHeaders = [
  'x-amz-copy-source',
  'x-amz-tagging',
  'x-amz-object-lock-mode',
  'x-amz-website-redirect-location',
  'x-amz-write-offset-bytes',
];

function refuseHeaders(headers: S3Request['headers']): void {
  const found = refusedHeaders.find((name) => headers[name] !== undefined);
  if (found !== undefined) throw notImplemented(`the header ${found}`);
}

function bucketOperation(method: string, query: URLSearchParams): S3OperationName | undefined {
  if (method === 'POST' && query.has('delete')) return 'DeleteObjects';
  if (method !== 'GET' || query.has('uploads')) return undefined;
  return query.get('list-type') === '2' ? 'ListObjectsV2' : undefined;
}

function objectOperation(method: string, query: URLSearchParams): S3OperationName | undefined {
  switch (method) {
    case 'GET':
      return query.has('uploadId') ? 'ListParts' : query.has('partNumber') ? undefined : 'GetObject';
    case 'HEAD':
      return query.has('partNumber') ? undefined : 'HeadObject';
    case 'PUT':
      return query.has('uploadId') ? 'UploadPart' : 'PutObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return query.has('uploadId') ? 'CompleteMultipartUpload' : undefined;
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    default:
      return undefined;
  }
}
