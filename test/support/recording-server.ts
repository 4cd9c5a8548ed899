import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request that the server received. */
export interface RecordedRequest {
  /** Operation named by the `x-amz-target` header, such as `StartExecution`. */
  readonly operation: string;
  /** Path of the request, which names the operation in REST protocols. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The response of the server; `undefined` closes the connection without a response. */
export type RecordedResponse = { readonly status: number; readonly body: unknown } | undefined;

export interface RecordingServer {
  readonly endpoint: string;
  readonly requests: readonly RecordedRequest[];
  stop(): Promise<void>;
}

/** An HTTP server for AWS's JSON protocol that records requests and responds with the given function. */
export async function startRecordingServer(
  respond: (request: RecordedRequest) => RecordedResponse,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    requests.push(request);
    const given = respond(request);
    if (given === undefined) {
      outgoing.destroy();
      return;
    }
    outgoing.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.1' });
    outgoing.end(JSON.stringify(given.body));
  };
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = await incoming.toArray();
  const target = String(incoming.headers['x-amz-target']);
  return {
    operation: target.split('.').at(-1) ?? '',
    path: incoming.url ?? '',
    body: JSON.parse(Buffer.concat(chunks).toString() || '{}'),
  };
}
