import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../aws-error.ts';

/** Thrown inside the endpoint to cut a connection without a response. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut';
}

/** The body of a request while it arrives. */
export interface BodyStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Returns the number of bytes that were read. */
  receivedBytes(): number;
}

/**
 * Reads a body as it arrives, as fast as the reader takes it. Throws `ConnectionCut` if the client breaks off, and
 * `AwsError` `XAmzContentSHA256Mismatch` at the end if the hash that was signed is not that of the body.
 */
export function bodyStream(incoming: IncomingMessage, payloadHash: string): BodyStream {
  let receivedBytes = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const hash = /^[0-9a-f]{64}$/.test(payloadHash) ? createHash('sha256') : undefined;
    for await (const chunk of arriving(incoming)) {
      receivedBytes += chunk.length;
      hash?.update(chunk);
      yield chunk;
    }
    const actual = hash?.digest('hex') ?? payloadHash;
    if (actual !== payloadHash) throw contentHashMismatch({ stated: payloadHash, actual });
  }
  return { chunks: chunks(), receivedBytes: () => receivedBytes };
}

/** The connection stays open if the reader stops early, so that the client can receive an error. */
async function* arriving(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* incoming.iterator({ destroyOnReturn: false });
  } catch (error) {
    throw new ConnectionCut('the client did not send the whole body', { cause: error });
  }
}

/** Creates S3's error for a body that does not have the hash which the request states. */
export function contentHashMismatch(hashes: { readonly stated: string; readonly actual: string }): AwsError {
  return new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  ).with({ ClientComputedContentSHA256: hashes.stated, S3ComputedContentSHA256: hashes.actual });
}

/** Creates the error for a body that is shorter or longer than announced. */
export function incompleteBody(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}
