import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of one page with one module, each at the root of an origin. */
export interface PageServer {
  /** Such as `http://127.0.0.1:40213`. */
  readonly origin: string;
  stop(): Promise<void>;
}

/** Serves an empty page, and the module `errand.js`, on a free loopback port. */
export async function servePage(module: string): Promise<PageServer> {
  const server = createServer(({ url }, response) => {
    const isModule = url === '/errand.js';
    response.writeHead(200, { 'content-type': isModule ? 'text/javascript' : 'text/html; charset=utf-8' });
    response.end(isModule ? module : '<!doctype html><title>Page</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
