import type { IncomingMessage } from 'node:http';
import { ApiFailure, requestTooLarge } from './failure.ts';

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const maxBodyBytes = 10 * 1024 * 1024;

/**
 * Reads the body of a request. Throws {@link ApiFailure} (413) if the body exceeds 10 MB. The rest is read
 * and discarded so that the client receives the response. Throws if the client disconnects.
 */
export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming) {
    // A request without a configured encoding yields buffers.
    const bytes = chunk as Buffer;
    sizeBytes += bytes.length;
    if (sizeBytes <= maxBodyBytes) chunks.push(bytes);
    else chunks.length = 0;
  }
  if (sizeBytes > maxBodyBytes) throw new ApiFailure(requestTooLarge);
  return Buffer.concat(chunks);
}
