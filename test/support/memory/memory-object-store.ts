import type { ObjectStore } from '../../../core/ports/object-store.ts';

interface MemoryObjectStore extends ObjectStore {
  keys(): readonly string[];
  textOf(key: string): string | undefined;
  bytesOf(key: string): Uint8Array | undefined;
  putBytes(key: string, bytes: Uint8Array): void;
}

/** The in-memory object store; `keys`, `textOf` and `bytesOf` return the stored objects, `putBytes` stores bytes that are not text. */
export function memoryObjectStore(): MemoryObjectStore {
  const objects = new Map<string, Uint8Array>();
  return {
    async put(key, json) {
      objects.set(key, Buffer.from(json));
    },
    async get(key, accepts) {
      const bytes = objects.get(key);
      if (bytes === undefined) return undefined;
      const object = { sizeBytes: bytes.byteLength, mediaType: 'application/json' };
      return accepts(object) ? { ...object, bytes } : object;
    },
    bytesOf: (key) => objects.get(key),
    textOf(key) {
      const bytes = objects.get(key);
      return bytes && Buffer.from(bytes).toString();
    },
    putBytes: (key, bytes) => void objects.set(key, bytes),
    presignGet: async (key, lifetimeSeconds, served) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}${
        served === undefined ? '' : `&type=${encodeURIComponent(served.mediaType)}&inline=${served.isInline}`
      }`,
    presignPut: async (key, lifetimeSeconds, sizeBytes) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}&size=${sizeBytes}`,
    async removeAll(prefix) {
      for (const key of [...objects.keys()]) if (key.startsWith(prefix)) objects.delete(key);
    },
    keys: () => [...objects.keys()],
  };
}
