import type { ObjectStore } from '../../core/ports/object-store.ts';

interface MemoryObjectStore extends ObjectStore {
  keys(): readonly string[];
  textOf(key: string): string | undefined;
}

/** The in-memory twin of the object store; `keys` and `textOf` show a test what was put. */
export function memoryObjectStore(): MemoryObjectStore {
  const objects = new Map<string, string>();
  return {
    async put(key, json) {
      objects.set(key, json);
    },
    async get(key, accepts) {
      const text = objects.get(key);
      if (text === undefined) return undefined;
      const object = { sizeBytes: Buffer.byteLength(text), mediaType: 'application/json' };
      return accepts(object) ? { ...object, text } : object;
    },
    textOf: (key) => objects.get(key),
    presignGet: async (key, lifetimeSeconds, mediaType) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}${
        mediaType === undefined ? '' : `&type=${encodeURIComponent(mediaType)}`
      }`,
    presignPut: async (key, lifetimeSeconds, sizeBytes) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}&size=${sizeBytes}`,
    async removeAll(prefix) {
      for (const key of [...objects.keys()]) if (key.startsWith(prefix)) objects.delete(key);
    },
    keys: () => [...objects.keys()],
  };
}
