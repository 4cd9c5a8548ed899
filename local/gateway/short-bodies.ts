import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** The connections with a body that is being read, each with a function that responds that the body is too short. */
export type ShortBodies = WeakMap<Duplex, () => void>;

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/**
 * Responds to clients that end their side of the connection before a body has its length. All other bytes that are not HTTP
 * get the response that Node gives without this function: https://nodejs.org/api/http.html#event-clienterror
 */
export function handleShortBodies(server: Server, shortBodies: ShortBodies): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const respond = error.code === 'HPE_INVALID_EOF_STATE' ? shortBodies.get(socket) : undefined;
    if (!socket.writable) socket.destroy();
    else if (respond !== undefined) respond();
    else {
      const status = statusLines[error.code ?? ''] ?? '400 Bad Request';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    }
  });
}
