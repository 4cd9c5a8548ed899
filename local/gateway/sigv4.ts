import { createHash, createHmac } from 'node:crypto';

/** The parts of an HTTP request that a signature covers. */
export interface SignedParts {
  readonly method: string;
  /** Path with query as received. */
  readonly url: string;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signedHeaders: readonly string[];
  /** SHA-256 of the body in hex, or the literal that replaces it, such as `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

/** The scope of a signature: `20260101/us-east-1/s3/aws4_request`. */
export interface CredentialScope {
  /** Date, `YYYYMMDD`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** The secret and the time of signing. */
export interface SigningKey {
  readonly secretAccessKey: string;
  readonly scope: CredentialScope;
  /** Time of signing, `YYYYMMDDTHHMMSSZ`. */
  readonly amzDate: string;
}

/**
 * Computes an AWS Signature Version 4 as lower-case hex.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signature(parts: SignedParts, key: SigningKey): string {
  const { date, region, service } = key.scope;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', key.amzDate, scope, sha256Hex(canonicalRequest(parts, service))].join(
    '\n',
  );
  return createHmac('sha256', derivedKey(key)).update(text).digest('hex');
}

/** Returns the SHA-256 of a body in hex. */
export function sha256Hex(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

function canonicalRequest(parts: SignedParts, service: string): string {
  const [path = '/', query = ''] = splitUrl(parts.url);
  const names = [...parts.signedHeaders].sort();
  return [
    parts.method,
    canonicalPath(path, service),
    canonicalQuery(query),
    ...names.map((name) => `${name}:${(parts.headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    names.join(';'),
    parts.payloadHash,
  ].join('\n');
}

/** Splits a URL as received into path and query, without the question mark. */
export function splitUrl(url: string): readonly [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** All services except S3 encode the encoded path a second time. */
function canonicalPath(path: string, service: string): string {
  const once = path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
  return service === 's3' ? once : once.split('/').map(encode).join('/');
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => {
      const mark = pair.indexOf('=');
      const name = mark < 0 ? pair : pair.slice(0, mark);
      return [encode(decode(name)), encode(decode(mark < 0 ? '' : pair.slice(mark + 1)))] as const;
    })
    .sort(([a, av], [b, bv]) => (a < b ? -1 : a > b ? 1 : av < bv ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Percent-encodes everything except unreserved characters, as AWS requires. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const derivedKeys = new Map<string, Buffer>();

/**
 * Derives a signing key, which is valid for a day and a service. Few are in use, so all keys of a day are
 * cached.
 */
function derivedKey(key: SigningKey): Buffer {
  const { date, region, service } = key.scope;
  const name = [key.secretAccessKey, date, region, service].join('\n');
  const known = derivedKeys.get(name);
  if (known !== undefined) return known;
  const hmac = (secret: string | Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const made = hmac(hmac(hmac(hmac(`AWS4${key.secretAccessKey}`, date), region), service), 'aws4_request');
  if (derivedKeys.size > 1000) derivedKeys.clear();
  derivedKeys.set(name, made);
  return made;
}
