import { createHash } from 'node:crypto';
import { AwsError } from '../../aws-error.ts';
import type { AwsRequest } from '../../cloud.ts';
import { incompleteBody } from '../../gateway/body-stream.ts';
import { badDigest, type ChecksumAlgorithm, type Checksums, startChecksum } from './checksum.ts';
import { decodeBody, isChunked } from './chunked-body.ts';
import { type StatedChecksum, statedChecksum, trailingChecksum } from './stated-checksum.ts';

/** A body that is verified while it is read. */
export interface IncomingBody {
  /** Reading throws `AwsError` at the end if the body does not match what the request states about it. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Returns what was computed. Call it after all chunks were read. */
  facts(): BodyFacts;
}

/** What was computed while a body was read. */
export interface BodyFacts {
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, by algorithm: the one that was stated and those that were requested. */
  readonly checksums: Checksums;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html */
const maxBodyBytes = 5 * 1024 ** 3;

/**
 * Starts to receive the body of an upload. Computes its MD5, the checksum that the request states, and the checksums of
 * `algorithms`. Throws `AwsError` at once for a body without a length (`MissingContentLength`), one above 5 GiB
 * (`EntityTooLarge`), and an MD5 or checksum that cannot be one.
 */
export function incomingBody(
  request: AwsRequest,
  algorithms: readonly ChecksumAlgorithm[] = [],
): IncomingBody {
  const { headers } = request;
  const stated = statedChecksum(headers);
  const md5 = statedMd5(headers['content-md5']);
  const sizeBytes = request.bodyStream === undefined ? undefined : statedSize(headers);
  const decoded = decodeBody(request.bodyStream ?? only(request.body), headers);
  let facts: BodyFacts | undefined;
  async function* verified(): AsyncGenerator<Uint8Array> {
    const computing = startComputing(
      new Set(stated === undefined ? algorithms : [...algorithms, stated.algorithm]),
    );
    for await (const chunk of decoded.chunks) {
      computing.update(chunk);
      yield chunk;
    }
    const computed = await computing.finish();
    if (computed.sizeBytes !== (sizeBytes ?? computed.sizeBytes)) throw incompleteBody();
    checkMd5(md5, computed.md5);
    if (stated !== undefined) checkChecksum(stated, { computed, trailers: decoded.trailers });
    facts = computed;
  }
  return {
    chunks: verified(),
    facts() {
      if (facts === undefined) throw new Error('the body of a request was not read');
      return facts;
    },
  };
}

async function* only(body: Buffer): AsyncGenerator<Uint8Array> {
  yield body;
}

function startComputing(algorithms: ReadonlySet<ChecksumAlgorithm>) {
  const md5 = createHash('md5');
  const running = new Map([...algorithms].map((algorithm) => [algorithm, startChecksum(algorithm)]));
  let sizeBytes = 0;
  return {
    update(chunk: Uint8Array): void {
      sizeBytes += chunk.length;
      md5.update(chunk);
      for (const each of running.values()) each.update(chunk);
    },
    async finish(): Promise<BodyFacts> {
      const checksums = new Map<ChecksumAlgorithm, string>();
      for (const [algorithm, each] of running)
        checksums.set(algorithm, Buffer.from(await each.digest()).toString('base64'));
      return { sizeBytes, md5: md5.digest('hex'), checksums };
    },
  };
}

/** The length of the object's bytes; the framing of `aws-chunked` is not counted. */
function statedSize(headers: AwsRequest['headers']): number {
  const name = isChunked(headers) ? 'x-amz-decoded-content-length' : 'content-length';
  const text = headers[name];
  if (text === undefined && headers['transfer-encoding'] !== undefined && !isChunked(headers)) {
    const message = 'A header you provided implies functionality that is not implemented';
    throw new AwsError('NotImplemented', message, 501).with({ Header: 'Transfer-Encoding' });
  }
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411);
  if (Number(text) > maxBodyBytes) {
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size').with({
      ProposedSize: text,
      MaxSizeAllowed: String(maxBodyBytes),
    });
  }
  return Number(text);
}

/** Returns the MD5 in hex. */
function statedMd5(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const bytes = Buffer.from(header, 'base64');
  if (bytes.length === 16 && bytes.toString('base64') === header) return bytes.toString('hex');
  throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.').with({
    'Content-MD5': header,
  });
}

function checkMd5(stated: string | undefined, computed: string): void {
  if (stated === undefined || stated === computed) return;
  throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.').with({
    ExpectedDigest: stated,
    CalculatedDigest: Buffer.from(computed, 'hex').toString('base64'),
  });
}

interface ReadBody {
  readonly computed: BodyFacts;
  readonly trailers: Readonly<Record<string, string>>;
}

function checkChecksum({ algorithm, value }: StatedChecksum, { computed, trailers }: ReadBody): void {
  const expected = value ?? trailingChecksum(algorithm, trailers);
  if (computed.checksums.get(algorithm) !== expected) throw badDigest(algorithm.toUpperCase());
}
