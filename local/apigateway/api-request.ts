import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Values by name, in the order received. Names keep the spelling of their first occurrence. */
export type MultiValues = Readonly<Record<string, readonly string[]>>;

/** The parts of an HTTP request that API Gateway uses. */
export interface ApiRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly receivedAt: Date;
  readonly httpMethod: string;
  /** Path as received: not decoded, without the query. */
  readonly path: string;
  readonly headers: MultiValues;
  /** Decoded query parameters. */
  readonly query: MultiValues;
  readonly sourceIp: string;
  /** HTTP version, such as `HTTP/1.1`. */
  readonly protocol: string;
}

/** Parses a request and adds the headers that API Gateway adds. */
export function parseRequest(incoming: IncomingMessage): ApiRequest {
  const [path = '/', ...queryParts] = (incoming.url ?? '/').split('?');
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(11).toString('base64url').slice(0, 14)}=`,
    receivedAt: new Date(),
    httpMethod: incoming.method ?? 'GET',
    path: pathOf(path),
    headers: requestHeaders(incoming),
    query: group([...new URLSearchParams(queryParts.join('?'))]),
    sourceIp: sourceIpOf(incoming),
    protocol: `HTTP/${incoming.httpVersion}`,
  };
}

/** Returns the last value of a header; names are compared without regard to case. */
export function headerOf(request: ApiRequest, name: string): string | undefined {
  const lowerName = name.toLowerCase();
  return Object.entries(request.headers)
    .find(([key]) => key.toLowerCase() === lowerName)?.[1]
    .at(-1);
}

/** Total bytes of all header values, which API Gateway limits. */
export function headerBytes(incoming: IncomingMessage): number {
  return incoming.rawHeaders
    .filter((_text, index) => index % 2 === 1)
    .reduce((sum, value) => sum + Buffer.byteLength(value), 0);
}

/**
 * Hop-by-hop headers are not passed on, and neither is the length of the body, because the event contains the
 * body itself.
 */
const notPassedOn = [
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
];
const replaced = ['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'];

function requestHeaders(incoming: IncomingMessage): MultiValues {
  const pairs: Array<readonly [string, string]> = [];
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (notPassedOn.includes(lower) || replaced.includes(lower)) continue;
    pairs.push([name, incoming.rawHeaders[index + 1] ?? '']);
  }
  const forwarded = incoming.headers['x-forwarded-for'];
  const clients = forwarded === undefined ? [] : [forwarded].flat();
  const added = [
    ['X-Forwarded-For', [...clients, sourceIpOf(incoming)].join(', ')],
    ['X-Forwarded-Port', String(incoming.socket.localPort ?? '')],
    ['X-Forwarded-Proto', 'http'],
  ] as const;
  return group([...pairs, ...added], (name) => name.toLowerCase());
}

/** A client may send an absolute URL or `*` as the request target instead of a path. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  return URL.canParse(target) ? new URL(target).pathname : '/';
}

function sourceIpOf(incoming: IncomingMessage): string {
  return (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/**
 * Groups values by name. Header names are compared without regard to case, query names with regard to case.
 */
function group(
  pairs: ReadonlyArray<readonly [string, string]>,
  keyOf: (name: string) => string = (name) => name,
): MultiValues {
  const grouped = new Map<string, { readonly name: string; readonly values: string[] }>();
  for (const [name, value] of pairs) {
    const known = grouped.get(keyOf(name));
    if (known === undefined) grouped.set(keyOf(name), { name, values: [value] });
    else known.values.push(value);
  }
  return Object.fromEntries([...grouped.values()].map(({ name, values }) => [name, values]));
}
