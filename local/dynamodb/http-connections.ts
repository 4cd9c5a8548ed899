import { connect, type Socket } from 'node:net';

/** A response as received. */
export interface ReceivedResponse {
  readonly status: number;
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Persistent connections to one HTTP/1.1 server. */
export interface HttpConnections {
  /** Sends a POST to `/`. Rejects if the connection fails or ends before the whole response. */
  post(headers: Readonly<Record<string, string>>, body: Buffer): Promise<ReceivedResponse>;
  /** Closes all connections; open requests reject. */
  close(): void;
}

interface Pending {
  readonly head: string;
  readonly body: Buffer;
  resolve(response: ReceivedResponse): void;
  reject(error: Error): void;
}

interface Connection {
  readonly socket: Socket;
  pending: Pending | undefined;
  received: Buffer;
}

/**
 * Opens connections as they are needed, at most `maxConnections`; further requests wait. Only what the engine needs of HTTP is
 * implemented (https://www.rfc-editor.org/rfc/rfc9112): all calls of all functions pass here, and Node's own client uses four times
 * the processor time of this one, undici 20 MB of memory in each thread.
 */
export function httpConnections(origin: URL, maxConnections: number): HttpConnections {
  const idle: Connection[] = [];
  const open = new Set<Connection>();
  const waiting: Pending[] = [];
  const { hostname, port, host } = origin;

  const start = (connection: Connection, pending: Pending): void => {
    connection.pending = pending;
    connection.received = Buffer.alloc(0);
    connection.socket.cork();
    connection.socket.write(pending.head, 'latin1');
    connection.socket.write(pending.body);
    connection.socket.uncork();
  };
  const finish = (connection: Connection, { response, keeps }: Parsed): void => {
    const { pending } = connection;
    connection.pending = undefined;
    pending?.resolve(response);
    const next = keeps ? waiting.shift() : undefined;
    if (!keeps) connection.socket.destroy();
    else if (next === undefined) idle.push(connection);
    else start(connection, next);
  };
  const fail = (connection: Connection, error: Error): void => {
    open.delete(connection);
    const position = idle.indexOf(connection);
    if (position >= 0) idle.splice(position, 1);
    const { pending } = connection;
    connection.pending = undefined;
    pending?.reject(error);
    const next = waiting.shift();
    if (next !== undefined) start(connectTo(), next);
  };
  const connectTo = (): Connection => {
    const socket = connect({ host: hostname, port: Number(port || 80), noDelay: true });
    const connection: Connection = { socket, pending: undefined, received: Buffer.alloc(0) };
    open.add(connection);
    socket.on('data', (chunk) => {
      connection.received =
        connection.received.length === 0 ? chunk : Buffer.concat([connection.received, chunk]);
      try {
        const parsed = parseResponse(connection.received);
        if (parsed !== undefined) finish(connection, parsed);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    socket.on('error', (error) => fail(connection, error));
    socket.on('close', () => fail(connection, new Error(`the connection to ${host} was closed`)));
    return connection;
  };
  return {
    post(headers, body) {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      const head = `POST / HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}content-length: ${body.length}\r\n\r\n`;
      return new Promise((resolve, reject) => {
        const pending = { head, body, resolve, reject };
        const free = idle.pop() ?? (open.size < maxConnections ? connectTo() : undefined);
        if (free === undefined) waiting.push(pending);
        else start(free, pending);
      });
    },
    close() {
      for (const pending of waiting.splice(0)) pending.reject(new Error('the connections were closed'));
      for (const { socket } of open) socket.destroy();
    },
  };
}

interface Parsed {
  readonly response: ReceivedResponse;
  /** Whether the connection can be used again. */
  readonly keeps: boolean;
}

/** Returns undefined while the response is incomplete. Throws for what is not a response to one request. */
function parseResponse(received: Buffer): Parsed | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [statusLine = '', ...lines] = received.toString('latin1', 0, end).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) throw new Error(`not an HTTP/1.1 response: ${statusLine.slice(0, 100)}`);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const content = received.subarray(end + 4);
  const body =
    headers['transfer-encoding'] === 'chunked'
      ? chunkedBody(content)
      : wholeBody(content, Number(headers['content-length'] ?? 0));
  if (body === undefined) return undefined;
  return { response: { status, headers, body }, keeps: headers['connection']?.toLowerCase() !== 'close' };
}

function wholeBody(content: Buffer, sizeBytes: number): Buffer | undefined {
  return content.length < sizeBytes ? undefined : content.subarray(0, sizeBytes);
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function chunkedBody(content: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = content.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const sizeBytes = Number.parseInt(content.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(sizeBytes)) throw new Error('a chunk of the response has no size');
    const from = lineEnd + 2;
    if (content.length < from + sizeBytes + 2) return undefined;
    if (sizeBytes === 0) return Buffer.concat(chunks);
    chunks.push(content.subarray(from, from + sizeBytes));
    at = from + sizeBytes + 2;
  }
}
