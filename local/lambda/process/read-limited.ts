import type { IncomingMessage } from 'node:http';

/**
 * Reads a body. A body with more than `maximumBytes` is read to its end and discarded, so that its sender can
 * receive a response. Rejects if the connection ends before the body.
 */
export async function readLimited(
  incoming: IncomingMessage,
  maximumBytes: number,
): Promise<{ readonly bytes: Buffer; readonly exceeded: boolean }> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    // without an encoding, the chunks are buffers
    sizeBytes += chunk.length;
    if (sizeBytes > maximumBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), exceeded: sizeBytes > maximumBytes };
}
