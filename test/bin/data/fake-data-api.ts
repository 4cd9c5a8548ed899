import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { ApiAccess } from '../../../bin/api-access.ts';

/** What a fake API of data objects received and stores. */
export interface FakeDataApi extends ApiAccess {
  /** `METHOD path` of all requests, in order. */
  readonly requests: readonly string[];
  readonly created: ReadonlyArray<Readonly<Record<string, unknown>>>;
  /** The bodies of completions. */
  readonly completed: ReadonlyArray<Readonly<Record<string, unknown>>>;
  /** Content of the uploaded object, once it is complete. */
  content(): Buffer | undefined;
  /** The largest number of PUTs at the same time. */
  mostPuts(): number;
  /** Stores a part as an interrupted upload did. */
  storePart(number: number, content: Buffer): void;
}

/** Faults of a fake API. */
export interface FakeDataOptions {
  /** Larger files are uploaded in parts of this size. */
  readonly partSizeBytes?: number;
  /** Size of the object that exists from the beginning, under the ID `d1`. */
  readonly existingBytes?: number;
  /** The idempotency key with which the existing object was created. */
  readonly existingKey?: string;
  /** The status of the existing object; by default, it is being uploaded. */
  readonly existingStatus?: 'available' | 'failed';
  /** Is called for each request before it is handled; true: it was answered or destroyed by this function. */
  intercept?(request: IncomingMessage, response: ServerResponse): boolean;
  /** The responses of the first completions. */
  readonly completions?: number[];
  readonly sha256?: string;
}

const key = 'key';

/** Starts an API with a store that ends with the test. It has a single data object, with the ID `d1`. */
export async function startFakeDataApi(options: FakeDataOptions = {}): Promise<FakeDataApi> {
  const { partSizeBytes = 1_000, completions = [] } = options;
  const requests: string[] = [];
  const created: Record<string, unknown>[] = [];
  const completed: Record<string, unknown>[] = [];
  const parts = new Map<number, Buffer>();
  let [sizeBytes, puts, mostPuts, urls] = [options.existingBytes ?? 0, 0, 0, 0];
  let content: Buffer | undefined;
  let status: string = options.existingStatus ?? 'uploading';
  const base = () => `http://127.0.0.1:${portOf(server.address())}`;
  const isInParts = () => sizeBytes > partSizeBytes;
  const freshUrl = (path: string) => {
    urls += 1;
    return `${base()}/bucket/${path}?url=${urls}`;
  };
  const expiresAt = () => new Date(Date.now() + 900_000).toISOString();
  const represent = () => ({
    id: 'd1',
    status,
    sizeBytes,
    ...(options.sha256 === undefined ? {} : { checksum: { sha256: options.sha256 } }),
    ...(status === 'uploading' ? { upload: upload() } : {}),
  });
  const upload = () =>
    isInParts()
      ? {
          partSizeBytes,
          partCount: Math.ceil(sizeBytes / partSizeBytes),
          partsUrl: `${base()}/v1/data/d1/parts`,
        }
      : { method: 'PUT', url: freshUrl('whole'), headers: { 'if-none-match': '*' }, expiresAt: expiresAt() };
  const partOf = (number: number) => {
    const stored = parts.get(number);
    return {
      number,
      sizeBytes: Math.min(partSizeBytes, sizeBytes - (number - 1) * partSizeBytes),
      url: freshUrl(String(number)),
      expiresAt: expiresAt(),
      uploaded: stored !== undefined,
      ...(stored === undefined ? {} : { etag: `etag-${number}` }),
    };
  };
  const put = async (request: IncomingMessage, response: ServerResponse, name: string): Promise<void> => {
    puts += 1;
    mostPuts = Math.max(mostPuts, puts);
    const body = await buffer(request).finally(() => {
      puts -= 1;
    });
    if (name === 'whole') {
      const exists = content !== undefined;
      if (!exists) content = body;
      response.writeHead(exists ? 412 : 200, { etag: '"whole"' }).end();
      return;
    }
    parts.set(Number(name), body);
    response.writeHead(200, { etag: `"etag-${name}"` }).end();
  };
  const complete = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = JSON.parse((await buffer(request)).toString()) as {
      parts?: { number: number; etag: string }[];
    };
    completed.push(body);
    if (isInParts()) {
      const listed = body.parts ?? [];
      if (listed.some(({ number, etag }) => etag !== `etag-${number}`)) throw new Error('a wrong ETag');
      content = Buffer.concat(listed.map(({ number }) => parts.get(number) ?? Buffer.alloc(0)));
    }
    const code = completions.shift() ?? 200;
    if (code === 200) status = 'available';
    response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(represent()));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '', base());
    requests.push(`${request.method} ${url.pathname}`);
    if (options.intercept?.(request, response) === true) return;
    const json = (status: number, body: unknown) => void response.writeHead(status).end(JSON.stringify(body));
    const stored = /^\/bucket\/(.+)$/.exec(url.pathname)?.[1];
    if (stored !== undefined) {
      if (request.headers['x-api-key'] !== undefined) throw new Error('a presigned URL received the API key');
      if (request.method === 'PUT') return put(request, response, stored);
      return sendContent(request, response, content ?? Buffer.alloc(0));
    }
    if (request.headers['x-api-key'] !== key) return json(401, { title: 'Valid credentials are required' });
    if (request.method === 'POST' && url.pathname === '/v1/data') {
      const body = JSON.parse((await buffer(request)).toString()) as Record<string, unknown>;
      if (options.existingKey !== undefined && request.headers['idempotency-key'] === options.existingKey)
        return json(201, represent());
      created.push(body);
      status = 'uploading';
      sizeBytes = Number(body['sizeBytes']);
      return json(201, represent());
    }
    if (url.pathname.endsWith('/complete')) return complete(request, response);
    if (url.pathname.endsWith('/content'))
      return json(200, { url: freshUrl('content'), expiresAt: expiresAt() });
    if (url.pathname.endsWith('/parts')) {
      const from = Number(url.searchParams.get('from'));
      const count = Math.min(
        Number(url.searchParams.get('limit')),
        Math.ceil(sizeBytes / partSizeBytes) - from + 1,
      );
      return json(200, {
        items: Array.from({ length: Math.max(0, count) }, (_, index) => partOf(from + index)),
      });
    }
    json(200, represent());
  };
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) =>
      response.writeHead(400).end(JSON.stringify({ title: String(error) })),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return {
    url: base(),
    apiKey: key,
    requests,
    created,
    completed,
    content: () => content,
    mostPuts: () => mostPuts,
    storePart: (number, bytes) => void parts.set(number, bytes),
  };
}

function sendContent({ headers }: IncomingMessage, response: ServerResponse, content: Buffer): void {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  if (start > 0 && start >= content.length) return void response.writeHead(416).end();
  const rest = content.subarray(start);
  response.writeHead(start === 0 ? 200 : 206, { 'content-length': rest.length }).end(rest);
}

function portOf(address: unknown): number {
  return (address as { port: number }).port; // a TCP server
}
