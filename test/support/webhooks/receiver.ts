import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request that a receiver got. */
export interface ReceivedRequest {
  readonly at: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver responds. */
export interface ReceiverResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Waits before the response. */
  readonly delayMs?: number;
}

/** A receiver of webhooks on a free loopback port. */
export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

/** Starts a receiver that records every request and responds as the given function says; by default with 204. */
export async function startReceiver(
  respond: (request: ReceivedRequest, index: number) => ReceiverResponse = () => ({ status: 204 }),
): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // the stream has no encoding
    const request = { at: Date.now(), headers: incoming.headers, body: Buffer.concat(chunks).toString() };
    const index = requests.push(request) - 1;
    await answer(response, respond(request, index));
  };
  // A sender that disconnects ends the reading of its request.
  const server = createServer((incoming, response) => void serve(incoming, response).catch(() => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  response: ServerResponse,
  { status, headers = {}, body = '', delayMs = 0 }: ReceiverResponse,
): Promise<void> {
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  response.writeHead(status, headers).end(body);
}
