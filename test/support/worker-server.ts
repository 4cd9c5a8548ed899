import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that the server received. */
export interface WorkerServerRequest {
  readonly method: string;
  /** The path after the job's URL, such as `/heartbeat`; results are uploaded to `/upload`. */
  readonly route: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** By `performance.now()`. */
  readonly at: number;
}

/** The response of the server; `broken` closes the connection without a response, `silent` never responds. */
export type WorkerServerResponse =
  | {
      readonly status?: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'broken'
  | 'silent';

export interface WorkerServer {
  readonly url: string;
  readonly token: string;
  readonly requests: readonly WorkerServerRequest[];
  /** The requests of one route. */
  to(route: string): readonly WorkerServerRequest[];
  stop(): Promise<void>;
}

/** A problem in the form of the worker routes. */
export function problemResponse(status: number, slug: string, detail = slug): WorkerServerResponse {
  return { status, body: { type: `https://errand.dev/problems/${slug}`, title: slug, status, detail } };
}

/** The response of a test to a request; undefined for the default of the worker routes. */
export type RespondToWorker = (request: WorkerServerRequest) => WorkerServerResponse | undefined;

/**
 * An HTTP server that replaces the worker routes of one job, records the requests and responds as they do without
 * errors, or as a test specifies.
 */
export async function startWorkerServer(respond: RespondToWorker = () => undefined): Promise<WorkerServer> {
  const requests: WorkerServerRequest[] = [];
  const token = 'ew_bG9jYWw.dGhlLXNlY3JldC1vZi10aGUtdGVzdA';
  const path = '/v1/worker/jobs/0199c7a4-5b1e-7c3a-9d52-3f1f0a6f2b10';
  let origin = '';
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const text = Buffer.concat(await incoming.toArray()).toString();
    const { method = '', url = '', headers } = incoming;
    const route = url.replace(path, '');
    const request = { method, route, headers, text, at: performance.now() };
    requests.push(request);
    const given = respond(request) ?? defaultResponse(request, { origin, token });
    if (given === 'broken') return void outgoing.destroy();
    if (given === 'silent') return;
    const { status = 200, body, headers: own = {} } = given;
    outgoing.writeHead(status, { 'content-type': 'application/json', ...own });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  };
  const server = createServer((incoming, outgoing) => {
    // A client that disconnected ends its request half-way.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has an AddressInfo.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}${path}`,
    token,
    requests,
    to: (route) => requests.filter((request) => request.route === route),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function defaultResponse(
  { route, headers }: WorkerServerRequest,
  { origin, token }: { readonly origin: string; readonly token: string },
): WorkerServerResponse {
  if (route === '/upload') return {};
  if (headers.authorization !== `Bearer ${token}`) return problemResponse(401, 'unauthenticated');
  if (route === '/parameters') return { body: {} };
  if (route === '/children') return { status: 202, body: { id: 'child', status: 'pending' } };
  if (route === '/result-upload')
    return { body: { uploadUrl: `${origin}/upload`, reference: 'the-reference', abort: false } };
  return { body: { abort: false } };
}
