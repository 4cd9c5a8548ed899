import type { ContentReader } from '../../../../core/ports/operations/content-reader.ts';

/** Reads from the in-memory stores of objects and of the content of data objects. */
export function memoryContentReader(
  objects: { bytesOf(key: string): Uint8Array | undefined },
  contents: { bytesOf(key: string): Uint8Array | undefined },
): ContentReader {
  return {
    async read(key, { start, end }) {
      const bytes = objects.bytesOf(key) ?? contents.bytesOf(key);
      if (bytes !== undefined && start >= bytes.length)
        throw new Error(`${key} has only ${bytes.length} bytes`);
      return bytes?.slice(start, end);
    },
  };
}
