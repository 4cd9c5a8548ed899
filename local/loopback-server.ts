import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server of the local runtime; all of its servers are loopback servers. */
export interface LoopbackServer {
  readonly server: Server;
  /** Base URL, such as `http://127.0.0.1:4510`. */
  readonly url: string;
}

export interface LoopbackOptions extends ServerOptions {
  /** TCP port on 127.0.0.1; 0 selects any free port. */
  readonly port: number;
  /** Whether web pages of an origin other than this machine may send a request; by default never. */
  readonly allowsOrigin?: (origin: string, incoming: IncomingMessage) => boolean;
}

/**
 * Listens on 127.0.0.1. Requests with a host or origin other than this machine get a response with status 421
 * or 403, unless the origin is allowed. Otherwise a web page whose own name resolves to 127.0.0.1 (DNS
 * rebinding) could read everything.
 * Throws with code `EADDRINUSE` if the port is in use.
 */
export async function startLoopbackServer(
  { port, allowsOrigin = () => false, ...options }: LoopbackOptions,
  serve: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
): Promise<LoopbackServer> {
  const server = createServer(options, (incoming, outgoing) => {
    const refusal = refusalOf(incoming, allowsOrigin);
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

function refusalOf(
  incoming: IncomingMessage,
  allowsOrigin: NonNullable<LoopbackOptions['allowsOrigin']>,
): Refusal | undefined {
  const { host = '', origin } = incoming.headers;
  const allowed = 'it must be 127.0.0.1, localhost or [::1], with any port';
  if (!isLoopback(host)) return { status: 421, message: `The host is ${shown(host)}; ${allowed}` };
  const originHost = origin === undefined ? undefined : /^https?:\/\/(.*)$/s.exec(origin)?.[1];
  if (origin === undefined || (originHost !== undefined && isLoopback(originHost))) return undefined;
  if (allowsOrigin(origin, incoming)) return undefined;
  return { status: 403, message: `The origin is ${shown(origin)}; ${allowed}` };
}

/** A name server can resolve any other name to 127.0.0.1, but not these. */
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
