import type { IncomingMessage } from 'node:http';
import { AwsError } from '../aws-error.ts';

/** Largest request body in bytes that is kept in memory. Uploads of objects are streamed instead. */
const maxRequestBytes = 256 * 1024 * 1024;

/** Reads the complete body of a request. Throws `AwsError` `EntityTooLarge` above the limit. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxRequestBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes > maxRequestBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(): AwsError {
  return new AwsError(
    'EntityTooLarge',
    `a request body is limited to ${maxRequestBytes} bytes in the local runtime`,
    413,
  );
}

/** Returns the headers by lower-case name; repeated headers are joined as HTTP allows. */
export function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}
