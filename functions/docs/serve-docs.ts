import { gzipSync } from 'node:zlib';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { problemTypes, problemUri } from '../../core/contract/problems/problem-types.ts';
import type { Content, ContentFile } from './content.ts';

/** The part of a request that decides about its response. */
export type DocsRequest = Pick<APIGatewayProxyEvent, 'path' | 'httpMethod' | 'headers'>;

const docsPath = '/v1/docs';

/** How long a page is used without asking again: after an update of the deployment, readers see the new pages within this time. */
const pageCache = 'public, max-age=60';

/** No page loads anything from elsewhere, and none contains scripts or styles. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Serves the file of the site at the path of the request. All its links are relative, so that it works below any prefix. */
export function serveDocs(content: Content, request: DocsRequest): APIGatewayProxyResult {
  if (request.httpMethod !== 'GET' && request.httpMethod !== 'HEAD') return methodNotAllowed(request);
  const path = pathBelow(request.path);
  // The relative links of the first page lead below this path only with the slash, which API Gateway passes on.
  // https://github.com/aws-powertools/powertools-lambda-python/pull/1577
  if (path === undefined) return redirect(`${docsPath.split('/').at(-1)}/`);
  const file = content.get(path);
  if (file !== undefined && path !== '404') return found(file, request);
  if (path.endsWith('/') && content.has(path.slice(0, -1))) return redirect(`../${path.split('/').at(-2)}`);
  return notFound(content.get('404'), { path, request });
}

/** The path below the root of the site; undefined for the root without its slash. */
function pathBelow(path: string): string | undefined {
  // Behind a custom domain name, the path can begin with a base path.
  const rest = path.slice(path.indexOf(docsPath) + docsPath.length);
  return rest === '' ? undefined : rest.slice(1);
}

function found(file: ContentFile, request: DocsRequest): APIGatewayProxyResult {
  const isZipped = acceptsGzip(request);
  const etag = `"${file.digest}${isZipped ? '-gzip' : ''}"`;
  const headers = {
    ...securityHeaders,
    'cache-control': pageCache,
    'content-type': file.mediaType,
    etag,
    vary: 'accept-encoding',
  };
  if (matchesTag(headerOf(request, 'if-none-match'), etag)) return { statusCode: 304, headers, body: '' };
  return withBody(200, { headers, request, plain: file.text, zipped: isZipped ? file.gzipped() : undefined });
}

/** The relative links of this page depend on the path that does not exist. */
function notFound(
  page: ContentFile | undefined,
  { path, request }: { readonly path: string; readonly request: DocsRequest },
): APIGatewayProxyResult {
  const root = '../'.repeat(path.split('/').length - 1) || './';
  const plain = (page?.text ?? '').replaceAll(/(data-root|href|src)="\.\//g, `$1="${root}`);
  const headers = {
    ...securityHeaders,
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    vary: 'accept-encoding',
  };
  const zipped = acceptsGzip(request) ? gzipSync(plain) : undefined;
  return withBody(404, { headers, request, plain, zipped });
}

interface BodyForms {
  readonly headers: Readonly<Record<string, string>>;
  readonly request: DocsRequest;
  readonly plain: string;
  /** Absent if the client does not accept it. */
  readonly zipped: Buffer | undefined;
}

function withBody(statusCode: number, { headers, request, plain, zipped }: BodyForms): APIGatewayProxyResult {
  const encoding = zipped === undefined ? {} : { 'content-encoding': 'gzip' };
  const answer = { statusCode, headers: { ...headers, ...encoding } };
  if (request.httpMethod === 'HEAD') return { ...answer, body: '' };
  if (zipped === undefined) return { ...answer, body: plain };
  return { ...answer, body: zipped.toString('base64'), isBase64Encoded: true };
}

function redirect(location: string): APIGatewayProxyResult {
  return {
    statusCode: 308,
    headers: { ...securityHeaders, location, 'cache-control': pageCache, 'content-type': 'text/plain' },
    body: '',
  };
}

function methodNotAllowed({ httpMethod, path }: DocsRequest): APIGatewayProxyResult {
  const { status, title } = problemTypes['method-not-allowed'];
  const detail = `This path supports GET, HEAD, not ${httpMethod}`;
  return {
    statusCode: status,
    headers: { ...securityHeaders, allow: 'GET, HEAD', 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: problemUri('method-not-allowed'), title, status, detail, instance: path }),
  };
}

/** Whether `Accept-Encoding` contains gzip, or everything, without the weight 0 (RFC 9110, 12.5.3). */
function acceptsGzip(request: DocsRequest): boolean {
  const accepted = (headerOf(request, 'accept-encoding') ?? '').toLowerCase().split(',');
  return accepted.some((part) => /^\s*(?:gzip|x-gzip|\*)\s*(?:;(?!\s*q=0(?:\.0*)?\s*$).*)?$/.test(part));
}

function matchesTag(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  const tags = condition.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

function headerOf({ headers }: DocsRequest, name: string): string | undefined {
  const found = Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}
