import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Values by name, in the order in which they came; names are as first received. */
export type MultiValues = Readonly<Record<string, readonly string[]>>;

/** An HTTP request as far as API Gateway looks at it. */
export interface ApiRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly receivedAt: Date;
  readonly httpMethod: string;
  /** As received, not decoded, without the query. */
  readonly path: string;
  readonly headers: MultiValues;
  /** Decoded. */
  readonly query: MultiValues;
  readonly sourceIp: string;
  /** HTTP version, such as `HTTP/1.1`. */
  readonly protocol: string;
}

/** Takes a request apart, adding the headers that API Gateway adds. */
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

/** The last value of a header, whatever the case of its name. */
export function headerOf(request: ApiRequest, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return Object.entries(request.headers)
    .find(([key]) => key.toLowerCase() === wanted)?.[1]
    .at(-1);
}

/** Bytes of all header values together, which API Gateway bounds. */
export function headerBytes(incoming: IncomingMessage): number {
  return incoming.rawHeaders
    .filter((_text, index) => index % 2 === 1)
    .reduce((sum, value) => sum + Buffer.byteLength(value), 0);
}

/** Headers of one hop are not passed on; nor is the length of a body that the event holds whole. */
const NOT_PASSED_ON = [
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
];
const REPLACED = ['x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto'];

function requestHeaders(incoming: IncomingMessage): MultiValues {
  const pairs: Array<readonly [string, string]> = [];
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    const name = incoming.rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (NOT_PASSED_ON.includes(lower) || REPLACED.includes(lower)) continue;
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

/** A client may send a whole address, or a star, in place of a path. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  return URL.canParse(target) ? new URL(target).pathname : '/';
}

function sourceIpOf(incoming: IncomingMessage): string {
  return (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** Header names differ only by more than case; query names differ by case as well. */
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
