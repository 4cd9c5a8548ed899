import { open } from 'node:fs/promises';

/** Bytes that are read at a time. */
const bufferBytes = 1024 * 1024;

/**
 * Reads files one after the other. Each chunk is valid until the next one is requested, so that files of any length need
 * the memory of one buffer.
 */
export async function* bytesOfFiles(paths: readonly string[]): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(bufferBytes);
  for (const path of paths) {
    const file = await open(path, 'r');
    try {
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, bufferBytes);
        if (bytesRead === 0) break;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
}
