import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { ApiRequest } from './api-request.ts';
import type { HttpResponse, ResponseHead } from './http-response.ts';
import type { StreamedResponse } from './integrate.ts';

/** Sends a complete response. */
export function sendResponse(outgoing: ServerResponse, request: ApiRequest, response: HttpResponse): void {
  const length = ['Content-Length', String(response.body.length)] as const;
  // If a function omits the body of a HEAD response, its length is unknown; `Content-Length: 0` would state
  // that it is empty (RFC 9110, 8.6).
  const isUnknown = request.httpMethod === 'HEAD' && response.body.length === 0;
  const isBodiless = response.status === 204 || response.status === 304 || isUnknown;
  writeHead(
    outgoing,
    request,
    isBodiless ? response : { ...response, headers: [...response.headers, length] },
  );
  outgoing.end(response.body);
}

/** Returns a signal that aborts when the client disconnects before the complete response was sent. */
export function clientDisconnected(outgoing: ServerResponse): AbortSignal {
  const disconnected = new AbortController();
  const abort = () => {
    if (!outgoing.writableFinished) disconnected.abort();
  };
  if (outgoing.closed) abort();
  else outgoing.once('close', abort);
  return disconnected.signal;
}

/**
 * Sends a response while it is produced. If the client disconnects, the rest is read and discarded, because
 * the function must not wait for a reader. If the function fails, the connection is cut, because the status
 * has already been sent.
 */
export async function sendStreamed(
  outgoing: ServerResponse,
  request: ApiRequest,
  response: StreamedResponse,
): Promise<void> {
  writeHead(outgoing, request, response);
  outgoing.flushHeaders();
  const closed = new Promise((resolve) => outgoing.once('close', resolve));
  try {
    for await (const chunk of response.body) {
      if (outgoing.destroyed || outgoing.write(chunk)) continue;
      await Promise.race([once(outgoing, 'drain'), closed]);
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy();
    throw error;
  }
}

/** Writes the head. A header that occurs more than once is sent more than once. */
function writeHead(outgoing: ServerResponse, request: ApiRequest, head: ResponseHead): void {
  const all = [
    ...head.headers,
    ['x-amzn-RequestId', request.requestId] as const,
    ['x-amz-apigw-id', request.extendedRequestId] as const,
  ];
  outgoing.writeHead(head.status, all.flat());
}
