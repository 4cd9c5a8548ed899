import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the store, with the body of a PUT. */
export interface ContentRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

/** `cut-after`: closes the connection after that many bytes of content; `silent` never responds. */
export type ContentFault =
  | 'broken'
  | 'silent'
  | { readonly status: number }
  | { readonly cutAfterBytes: number }
  | { readonly stallAfterBytes: number };

/** The error that a test wants for a request; undefined for the usual response. */
export type ContentFaults = (request: ContentRequest) => ContentFault | undefined;

export interface ContentServer {
  readonly origin: string;
  readonly requests: readonly ContentRequest[];
  /** The stored content by path. */
  readonly contents: Map<string, Buffer>;
  /** The number of PUT requests that the store receives at this moment, at most. */
  largestConcurrency(): number;
  /** The number of connections on which a response is being sent. */
  sending(): number;
  stop(): Promise<void>;
}

/**
 * An HTTP server that replaces S3: stores the body of each PUT under its path (once, with `If-None-Match: *`) and
 * returns it, also in ranges.
 */
export async function startContentServer(faultOf: ContentFaults = () => undefined): Promise<ContentServer> {
  const requests: ContentRequest[] = [];
  const contents = new Map<string, Buffer>();
  let [receiving, largest] = [0, 0];
  const responses = new Set<ServerResponse>();
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '', 'http://store');
    const { method = '', headers } = incoming;
    responses.add(outgoing);
    outgoing.once('close', () => responses.delete(outgoing));
    const bytes = Buffer.concat(await incoming.toArray());
    const request = { method, path, query, headers, bytes };
    requests.push(request);
    const fault = faultOf(request);
    if (fault === 'broken') return void outgoing.destroy();
    if (fault === 'silent') return;
    if (fault !== undefined && 'status' in fault) return void outgoing.writeHead(fault.status).end();
    if (method === 'PUT') put(contents, request, outgoing);
    else get(contents.get(path), request, { outgoing, fault });
  };
  const server = createServer((incoming, outgoing) => {
    const isPut = incoming.method === 'PUT';
    if (isPut) {
      receiving += 1;
      largest = Math.max(largest, receiving);
      outgoing.once('close', () => {
        receiving -= 1;
      });
    }
    // A client that disconnected ends its request half-way.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an AddressInfo.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    requests,
    contents,
    largestConcurrency: () => largest,
    sending: () => responses.size,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function put(
  contents: Map<string, Buffer>,
  { path, headers, bytes }: ContentRequest,
  outgoing: ServerResponse,
) {
  if (headers['if-none-match'] === '*' && contents.has(path)) return void outgoing.writeHead(412).end();
  contents.set(path, bytes);
  outgoing.writeHead(200, { etag: etagOf(bytes) }).end();
}

function get(
  content: Buffer | undefined,
  { headers }: ContentRequest,
  { outgoing, fault }: { readonly outgoing: ServerResponse; readonly fault: ContentFault | undefined },
): void {
  if (content === undefined) return void outgoing.writeHead(404).end();
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const etag = etagOf(content);
  if (headers['if-match'] !== undefined && headers['if-match'] !== etag)
    return void outgoing.writeHead(412).end();
  if (headers.range !== undefined && start >= content.byteLength) return void outgoing.writeHead(416).end();
  const rest = content.subarray(start);
  outgoing.writeHead(headers.range === undefined ? 200 : 206, {
    etag,
    'content-length': rest.byteLength,
    ...(headers.range === undefined
      ? {}
      : { 'content-range': `bytes ${start}-${content.byteLength - 1}/${content.byteLength}` }),
  });
  if (typeof fault === 'object' && 'stallAfterBytes' in fault)
    return void outgoing.write(rest.subarray(0, fault.stallAfterBytes));
  if (typeof fault === 'object' && 'cutAfterBytes' in fault && fault.cutAfterBytes < rest.byteLength)
    return void outgoing.write(rest.subarray(0, fault.cutAfterBytes), () => outgoing.destroy());
  outgoing.end(rest);
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}
