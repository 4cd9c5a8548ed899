import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Answer, AnswerHead } from './answer.ts';
import type { ApiRequest } from './api-request.ts';
import type { StreamedAnswer } from './integrate.ts';

/** Sends an answer whole. */
export function sendAnswer(outgoing: ServerResponse, request: ApiRequest, answer: Answer): void {
  const length = ['Content-Length', String(answer.body.length)] as const;
  // A function that leaves the body of HEAD out says nothing of its length, which 0 would (RFC 9110, 8.6).
  const isUnknown = request.httpMethod === 'HEAD' && answer.body.length === 0;
  const isBodiless = answer.status === 204 || answer.status === 304 || isUnknown;
  writeHead(outgoing, request, isBodiless ? answer : { ...answer, headers: [...answer.headers, length] });
  outgoing.end(answer.body);
}

/** Aborts when the client goes before its answer was sent whole. */
export function clientGone(outgoing: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const leave = () => {
    if (!outgoing.writableFinished) gone.abort();
  };
  if (outgoing.closed) leave();
  else outgoing.once('close', leave);
  return gone.signal;
}

/**
 * Sends an answer as it comes. When the client goes away, the rest is still read and dropped: the function must
 * not wait for a reader. When the function breaks off, so does the connection, since the status is already sent.
 */
export async function sendStreamed(
  outgoing: ServerResponse,
  request: ApiRequest,
  answer: StreamedAnswer,
): Promise<void> {
  writeHead(outgoing, request, answer);
  outgoing.flushHeaders();
  const closed = new Promise((resolve) => outgoing.once('close', resolve));
  try {
    for await (const chunk of answer.body) {
      if (outgoing.destroyed || outgoing.write(chunk)) continue;
      await Promise.race([once(outgoing, 'drain'), closed]);
    }
    outgoing.end();
  } catch (error) {
    outgoing.destroy();
    throw error;
  }
}

/** A header that comes more than once is sent more than once. */
function writeHead(outgoing: ServerResponse, request: ApiRequest, head: AnswerHead): void {
  const all = [
    ...head.headers,
    ['x-amzn-RequestId', request.requestId] as const,
    ['x-amz-apigw-id', request.extendedRequestId] as const,
  ];
  outgoing.writeHead(head.status, all.flat());
}
