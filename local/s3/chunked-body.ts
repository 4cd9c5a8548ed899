import { AwsError } from '../aws-error.ts';

/** A request body without AWS's chunk framing. */
export interface DecodedBody {
  readonly bytes: Buffer;
  /** Trailers that followed the body, by lower-case name. */
  readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Decodes the `aws-chunked` framing of streaming uploads; other bodies are returned unchanged. Throws
 * `AwsError` `IncompleteBody` if the framing or the announced length is wrong.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function decodeBody(body: Buffer, headers: Readonly<Record<string, string>>): DecodedBody {
  if (!headers['x-amz-content-sha256']?.startsWith('STREAMING-')) return { bytes: body, trailers: {} };
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const sizeBytes = Number.parseInt(body.toString('latin1', at, Math.max(lineEnd, at)), 16);
    if (lineEnd < 0 || Number.isNaN(sizeBytes)) throw incomplete();
    at = lineEnd + 2;
    if (sizeBytes === 0) break;
    if (at + sizeBytes + 2 > body.length) throw incomplete();
    chunks.push(body.subarray(at, at + sizeBytes));
    at += sizeBytes + 2;
  }
  const bytes = Buffer.concat(chunks);
  const announced = headers['x-amz-decoded-content-length'];
  if (announced !== undefined && Number(announced) !== bytes.length) throw incomplete();
  return { bytes, trailers: trailersOf(body.toString('latin1', at)) };
}

function trailersOf(text: string): Readonly<Record<string, string>> {
  const pairs = text
    .split('\r\n')
    .map((line) => /^([^:]+):(.*)$/.exec(line))
    .flatMap((found) =>
      found === null ? [] : [[String(found[1]).toLowerCase(), String(found[2]).trim()] as const],
    );
  return Object.fromEntries(pairs);
}

function incomplete(): AwsError {
  return new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  );
}
