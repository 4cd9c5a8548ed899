import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A request to a presigned URL of S3. */
export interface PresignedRequest {
  readonly method: 'GET' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The content of a PUT; the headers contain its length. */
  readonly body?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** How a response without content is to be handled. */
export type FailedTry =
  /** The URL has expired, or its signature is not valid any more: request another URL. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** The same request may succeed later. */
  | { readonly kind: 'again'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/**
 * How long a connection may transfer nothing. S3 itself closes connections that are idle for longer than a few
 * tens of seconds.
 */
export const idleSeconds = 60;

/**
 * Sends a request without the token of the attempt: a presigned URL contains its own permission. Resolves when
 * the headers of the response have arrived; the caller must read the response or destroy it. Uses `node:http`
 * instead of `fetch`, which copies each body and decompresses responses. Rejects if the connection fails, the
 * signal is aborted, or the body throws.
 */
export function sendPresigned(request: PresignedRequest): Promise<IncomingMessage> {
  const { method, url, headers, body, signal } = request;
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? requestHttps : requestHttp;
    const outgoing = send(url, { method, headers, signal });
    outgoing.setTimeout(idleSeconds * 1_000, () => outgoing.destroy(idleError()));
    outgoing.once('response', (response) => {
      outgoing.setTimeout(0);
      // An error without a listener would end the process; readers of the response receive it anyway.
      response.on('error', () => undefined);
      resolve(response);
    });
    // Not only once: a connection can fail again after the response.
    outgoing.on('error', reject);
    if (body === undefined) outgoing.end();
    else pipeline(Readable.from(body), outgoing).catch(reject);
  });
}

/** The error of a connection that transfers nothing. */
export function idleError(): Error {
  return Object.assign(new Error(`No data within ${idleSeconds} s`), { code: 'ETIMEDOUT' });
}

/**
 * Interprets a status of S3 that is not a success. S3 responds with 403 to an expired URL, and with 400 if the
 * credentials that signed it have expired.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
export function failedTry(status: number): FailedTry {
  const reason = `status ${status}`;
  if (status === 400 || status === 401 || status === 403) return { kind: 'rejected', reason };
  const isTemporary = status >= 500 || status === 408 || status === 409 || status === 429;
  return { kind: isTemporary ? 'again' : 'failed', reason };
}

/** Describes the error of a connection by its code: a message may contain the URL, which is secret. */
export function failedConnection(error: unknown): FailedTry {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'a failed connection';
  return { kind: 'again', reason: code };
}
