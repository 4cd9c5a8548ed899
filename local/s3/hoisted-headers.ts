import { splitUrl } from '../gateway/sigv4.ts';
import { isValueHeader } from './integrity/checksum.ts';
import type { S3Request } from './s3-operation.ts';

const signing = ['algorithm', 'content-sha256', 'credential', 'date', 'expires', 'security-token'].concat([
  'signature',
  'signedheaders',
]);

/**
 * Returns the headers of a request together with the `x-amz-*` headers in the query of a presigned URL, which S3 treats
 * as headers: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * S3 ignores a checksum there, for example that of the empty body in URLs that SDKs sign without a body:
 * https://github.com/aws/aws-sdk/issues/480. A checksum that clients must match is a signed header. Whether S3 honours
 * `x-amz-checksum-mode` there is not documented, so it is ignored too.
 */
export function withHoistedHeaders<Request extends S3Request>(request: Request): Request {
  const query = new URLSearchParams(splitUrl(request.url)[1]);
  if (!query.has('X-Amz-Signature')) return request;
  const hoisted = [...query]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith('x-amz-') && !signing.includes(name.slice('x-amz-'.length)))
    .filter(([name]) => !isValueHeader(name) && !ignored.includes(name));
  return { ...request, headers: { ...Object.fromEntries(hoisted), ...request.headers } };
}

const ignored = ['x-amz-checksum-mode', 'x-amz-sdk-checksum-algorithm'];
