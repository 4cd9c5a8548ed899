import type { IncomingMessage } from 'node:http';
import type { FaultPayload } from '../fault-payloads.ts';
import { readErrorReport } from './error-report.ts';

/** Reports whether a process streams its response. */
export function isStreamed({ headers }: IncomingMessage): boolean {
  return headers['lambda-runtime-function-response-mode'] === 'streaming';
}

/**
 * Passes the chunks of a streamed response on, one at a time. Returns the error that the process reports in the
 * trailers, if any.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming
 */
export async function readStreamed(
  incoming: IncomingMessage,
  pass: (bytes: Uint8Array, contentType: string) => Promise<void>,
): Promise<FaultPayload | undefined> {
  const contentType = incoming.headers['content-type'] ?? 'application/octet-stream';
  for await (const chunk of incoming as AsyncIterable<Buffer>) await pass(chunk, contentType); // without an encoding, the chunks are buffers
  const { trailers } = incoming;
  const errorType = trailers['lambda-runtime-function-error-type'];
  if (errorType === undefined) return undefined;
  const body = Buffer.from(trailers['lambda-runtime-function-error-body'] ?? '', 'base64');
  return readErrorReport(body, { 'lambda-runtime-function-error-type': errorType });
}
