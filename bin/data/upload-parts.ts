import type { UploadPart } from '../../core/contract/schemas/data-schemas.ts';
import { startChecksum } from '../../local/s3/integrity/checksum.ts';
import { callApi } from './call-api.ts';
import { putRange, readRange } from './put-range.ts';
import { persistently, refusal, TransferError } from './transfer.ts';
import type { UploadContext } from './upload-context.ts';

/** Parts that are sent at the same time. */
const inFlight = 3;
/** Parts whose URLs are requested at once; they expire after some minutes. */
const pageLength = 50;
/** A URL must be valid for so long when a PUT starts. */
const minLifetimeMs = 60_000;

/**
 * Uploads the missing parts of a file. Returns the body of the completion, with the checksum of the whole file: parts that another file
 * has left are refused.
 */
export async function uploadParts(context: UploadContext): Promise<object> {
  const etags = new Map<number, string>();
  const stop = new AbortController();
  const signal = context.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, context.signal]);
  const stoppable = { ...context, signal };
  const parts = listParts(stoppable);
  const sendNext = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await parts.next();
      if (done) return;
      const [part, start] = value;
      if (part.etag !== undefined) context.sent(part.sizeBytes ?? 0);
      etags.set(part.number, part.etag ?? (await sendPart(stoppable, part, start)));
    }
  };
  let crc64nvme: string;
  try {
    [crc64nvme] = await Promise.all([crc64Of(stoppable), ...Array.from({ length: inFlight }, sendNext)]);
  } catch (error) {
    stop.abort(error);
    throw error;
  }
  const uploaded = [...etags].map(([number, etag]) => ({ number, etag }));
  return { parts: uploaded.sort((a, b) => a.number - b.number), crc64nvme };
}

/** The CRC64NVME of the file in Base64, which S3 computes of the joined parts. */
export async function crc64Of({ file, sizeBytes, signal }: UploadContext): Promise<string> {
  const checksum = startChecksum('crc64nvme');
  for await (const chunk of readRange(file, { start: 0, end: sizeBytes })) {
    signal?.throwIfAborted();
    checksum.update(chunk);
  }
  return Buffer.from(await checksum.digest()).toString('base64');
}

/** Yields all parts with the position of their first byte. */
async function* listParts(context: UploadContext): AsyncGenerator<readonly [UploadPart, start: number]> {
  let start = 0;
  for (let from = 1; start < context.sizeBytes; ) {
    const page = await readParts(context, from, pageLength);
    if (page.length === 0)
      throw new Error(
        `The parts of ${context.id} have ${start} bytes together, but the file has ${context.sizeBytes}`,
      );
    for (const part of page) {
      yield [part, start];
      start += part.sizeBytes ?? 0;
      from = part.number + 1;
    }
  }
}

async function readParts(
  { api, id, signal }: UploadContext,
  from: number,
  limit: number,
): Promise<readonly UploadPart[]> {
  const path = `/v1/data/${id}/parts?from=${from}&limit=${limit}`;
  const { body } = await callApi(api, { method: 'GET', path, signal });
  return (body as { items: readonly UploadPart[] }).items; // as the contract defines it
}

/** Returns the ETag of the part. */
function sendPart(context: UploadContext, part: UploadPart, start: number): Promise<string> {
  return persistently(context.signal, async (earlierTries) => {
    const isFresh = earlierTries === 0 && Date.parse(part.expiresAt) > Date.now() + minLifetimeMs;
    const [current] = isFresh ? [part] : await readParts(context, part.number, 1);
    if (current?.number !== part.number)
      throw new TransferError(`Part ${part.number} of ${context.id} does not exist any more`, true);
    if (current.etag !== undefined) return current.etag; // only the response of the PUT was lost
    const end = start + (part.sizeBytes ?? 0);
    const { status, etag } = await putRange(context, { url: current.url, headers: {}, start, end });
    if (status >= 300 || etag === undefined) throw refusal(status, `The upload of part ${part.number}`);
    return etag.replaceAll('"', '');
  });
}
