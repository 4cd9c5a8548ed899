import type { IncomingMessage } from 'node:http';
import { ApiFailure, REQUEST_TOO_LARGE } from './failure.ts';

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAXIMUM_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Reads the body of a request. Throws {@link ApiFailure} (413) past 10 MB; what comes after is read and dropped,
 * so that the client gets to see the answer. Throws where the client goes away.
 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming) {
    // Without an encoding set, a request yields buffers.
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes <= MAXIMUM_BODY_BYTES) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (sizeBytes > MAXIMUM_BODY_BYTES) throw new ApiFailure(REQUEST_TOO_LARGE);
  return Buffer.concat(chunks);
}
