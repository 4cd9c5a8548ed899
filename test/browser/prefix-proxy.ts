import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that serves another one below a prefix, as API Gateway serves a stage. */
export interface PrefixProxy {
  /** URL of the prefix, without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the proxy on a free loopback port. Paths outside the prefix get 404. */
export async function startPrefixProxy(target: string, prefix: string): Promise<PrefixProxy> {
  const server = createServer((incoming, response) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end();
      return;
    }
    const forwarded = request(`${target}${url.slice(prefix.length)}`, { method, headers }, (from) => {
      response.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
