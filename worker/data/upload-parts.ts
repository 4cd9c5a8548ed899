import { createHash } from 'node:crypto';
import { parseObject } from '../attempt/call-worker.ts';
import { outputNotDelivered, outputRefused } from './data-failure.ts';
import { bytesContent, type Chunks } from './output-source.ts';
import {
  callOutput,
  type OutputTarget,
  outputPath,
  type SendTry,
  sendPersistently,
  type UploadedContent,
  type UploadedPart,
} from './output-upload.ts';
import { failedConnection, failedTry, sendPresigned } from './presigned-request.ts';

/** Parts that are uploaded at the same time. While both are, nothing is read, so memory contains no third one. */
const maxInFlight = 2;

/** The number of URLs that one request returns; each is valid for at most 15 minutes. */
const urlsPerRequest = 16;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxParts = 10_000;

/** An upload in parts, all of the same size except the last one. */
export interface PartsUpload {
  readonly id: string;
  readonly partSizeBytes: number;
}

/**
 * Uploads content in parts and computes its SHA-256 meanwhile. Reads the source only as fast as the parts are
 * uploaded. Throws as soon as the source or a part fails or the signal is aborted; no request is pending then.
 */
export async function uploadParts(
  target: OutputTarget,
  { id, partSizeBytes }: PartsUpload,
  chunks: Chunks,
): Promise<UploadedContent> {
  const urlOf = partUrls(target, id);
  const spare: Buffer[] = [];
  const hash = createHash('sha256');
  const parts: UploadedPart[] = [];
  const inFlight = new Set<Promise<void>>();
  let [sizeBytes, count] = [0, 0];
  const send = async (number: number, part: Buffer): Promise<void> => {
    try {
      const put = async (isRetry: boolean) => putPart(target, await urlOf(number, isRetry), part);
      const etag = await sendPersistently(target, (previous) => put(previous !== undefined));
      parts.push({ number, etag });
      if (part.byteLength === partSizeBytes) spare.push(part);
    } catch (error) {
      target.stop(error);
    }
  };
  try {
    for await (const part of partsOf(chunks, partSizeBytes, spare)) {
      count += 1;
      if (count > maxParts) throw tooLarge(target, partSizeBytes);
      hash.update(part);
      sizeBytes += part.byteLength;
      const sending: Promise<void> = send(count, part).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
      if (inFlight.size === maxInFlight) await Promise.race(inFlight);
      target.signal.throwIfAborted();
    }
    await Promise.all(inFlight);
    target.signal.throwIfAborted();
  } catch (error) {
    target.stop(error);
    throw error;
  } finally {
    await Promise.all(inFlight);
  }
  parts.sort((one, other) => one.number - other.number);
  return { id, sizeBytes, sha256: hash.digest('hex'), parts };
}

/** Copies the chunks into parts. The buffer of a part is used again once it is among the spare ones. */
async function* partsOf(
  chunks: Chunks,
  partSizeBytes: number,
  spare: Buffer[],
): AsyncGenerator<Buffer, void> {
  let part: Buffer | undefined;
  let length = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.byteLength > 0; ) {
      part ??= spare.pop() ?? Buffer.allocUnsafeSlow(partSizeBytes);
      const piece = rest.subarray(0, partSizeBytes - length);
      part.set(piece, length);
      length += piece.byteLength;
      rest = rest.subarray(piece.byteLength);
      if (length < partSizeBytes) continue;
      yield part;
      [part, length] = [undefined, 0];
    }
  }
  if (part !== undefined) yield part.subarray(0, length);
}

/**
 * Returns a function that returns the URL of a part. Must be called in the order of the parts, except for
 * retries, which need a fresh URL.
 */
function partUrls(target: OutputTarget, id: string) {
  let [next, page] = [1, Promise.resolve<ReadonlyMap<number, string>>(new Map())];
  return async (number: number, isRetry: boolean): Promise<string> => {
    if (!isRetry && number >= next) {
      page = listParts(target, id, { from: number, limit: urlsPerRequest });
      next = number + urlsPerRequest;
    }
    const urls = await (isRetry ? listParts(target, id, { from: number, limit: 1 }) : page);
    const url = urls.get(number);
    if (url === undefined)
      throw outputNotDelivered(target.label, `the response contains no URL of part ${number}`);
    return url;
  };
}

async function listParts(
  target: OutputTarget,
  id: string,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<ReadonlyMap<number, string>> {
  const path = `${outputPath(target, id)}/parts?from=${from}&limit=${limit}`;
  const { items } = parseObject((await callOutput(target, { method: 'GET', path })).text);
  // Errand returns only parts of its contract.
  const parts = Array.isArray(items) ? (items as { readonly number: number; readonly url: string }[]) : [];
  return new Map(parts.map(({ number, url }) => [number, url]));
}

/** Returns the ETag of the stored part. */
async function putPart({ signal }: OutputTarget, url: string, part: Buffer): Promise<SendTry<string>> {
  try {
    const headers = { 'content-length': String(part.byteLength) };
    const body = bytesContent(part).open();
    const response = await sendPresigned({ method: 'PUT', url, headers, body, signal });
    response.resume();
    const { statusCode = 0, headers: received } = response;
    if (statusCode >= 300) return failedTry(statusCode);
    const { etag } = received;
    if (etag === undefined) return { kind: 'failed', reason: 'a response without an ETag' };
    return { kind: 'sent', value: etag };
  } catch (error) {
    return failedConnection(error);
  }
}

function tooLarge({ label }: OutputTarget, partSizeBytes: number): Error {
  return outputRefused(
    label,
    `it is larger than ${maxParts * partSizeBytes} bytes; write a file, whose size is known, or several outputs.`,
  );
}
