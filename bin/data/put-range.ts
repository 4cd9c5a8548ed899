import type { FileHandle } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { TransferError, transfer } from './transfer.ts';
import type { UploadContext } from './upload-context.ts';

/** A range of the file, from `start` to before `end`, in bytes, and where to send it. */
export interface FileRange {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly start: number;
  readonly end: number;
}

const chunkBytes = 256 * 1_024;

/**
 * Sends a range of the file as it is read from the disk. Bytes of a PUT that fails are subtracted from the progress. Rejects if the
 * connection fails or the file has become shorter.
 */
export async function putRange(
  { file, sent, signal }: UploadContext,
  { url, headers, start, end }: FileRange,
): Promise<{ readonly status: number; readonly etag: string | undefined }> {
  let sentBytes = 0;
  const count = (bytes: number): void => {
    sentBytes += bytes;
    sent(bytes);
  };
  try {
    const response = await transfer({
      method: 'PUT',
      url,
      headers: { ...headers, 'content-length': String(end - start) },
      body: readRange(file, { start, end }, count),
      signal,
    });
    response.resume();
    await finished(response);
    const status = response.statusCode ?? 500;
    if (status >= 300) sent(-sentBytes);
    return { status, etag: response.headers.etag };
  } catch (error) {
    sent(-sentBytes);
    throw error;
  }
}

/** Yields the range in chunks, and reports each chunk when it has been passed on. */
export async function* readRange(
  file: FileHandle,
  { start, end }: Pick<FileRange, 'start' | 'end'>,
  count: (bytes: number) => void = () => undefined,
): AsyncGenerator<Buffer> {
  for (let position = start; position < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, end - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new TransferError('The file has become shorter while it was uploaded', true);
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
    count(bytesRead);
  }
}
