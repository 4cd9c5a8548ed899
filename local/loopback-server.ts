import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** Every HTTP server of the local runtime is one of these. */
export interface LoopbackServer {
  readonly server: Server;
  /** Such as `http://127.0.0.1:4510`. */
  readonly url: string;
}

export interface LoopbackOptions extends ServerOptions {
  /** TCP port on 127.0.0.1; 0 is any free one. */
  readonly port: number;
}

/**
 * Listens on 127.0.0.1. Requests for a host or from an origin that is not this machine are answered with 421 or 403 and never
 * served: a web page whose own name was made to resolve to 127.0.0.1 could otherwise read everything. Throws with code
 * `EADDRINUSE` where the port is taken.
 */
export async function startLoopbackServer(
  { port, ...options }: LoopbackOptions,
  serve: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<LoopbackServer> {
  const server = createServer(options, (incoming, outgoing) => {
    const refusal = refusalOf(incoming);
    if (refusal === undefined) serve(incoming, outgoing);
    else refuse(outgoing, refusal);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // A TCP server has an address object once it listens.
  const address = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${address.port}` };
}

interface Refusal {
  readonly status: 403 | 421;
  readonly message: string;
}

function refusalOf({ headers }: IncomingMessage): Refusal | undefined {
  const { host = '', origin } = headers;
  const whatIsServed = 'only 127.0.0.1, localhost and [::1], with any port, are served';
  if (!isLoopback(host)) return { status: 421, message: `The host is ${shown(host)}; ${whatIsServed}` };
  const originHost = origin === undefined ? undefined : /^https?:\/\/(.*)$/s.exec(origin)?.[1];
  if (origin === undefined || (originHost !== undefined && isLoopback(originHost))) return undefined;
  return { status: 403, message: `The origin is ${shown(origin)}; ${whatIsServed}` };
}

/** An address book of another machine can give any name to 127.0.0.1, but not these. */
function isLoopback(host: string): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function refuse(outgoing: ServerResponse, { status, message }: Refusal): void {
  outgoing.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  outgoing.end(JSON.stringify({ message }));
}
