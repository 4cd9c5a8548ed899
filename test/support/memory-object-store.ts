import type { ObjectStore } from '../../core/ports/object-store.ts';

/** The in-memory twin of the object store; `keys` tells what was put. */
export function memoryObjectStore(): ObjectStore & { keys(): readonly string[] } {
  const objects = new Map<string, string>();
  return {
    async put(key, json) {
      objects.set(key, json);
    },
    get: async (key) => objects.get(key),
    presignGet: async (key, lifetimeSeconds, mediaType) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}${
        mediaType === undefined ? '' : `&type=${encodeURIComponent(mediaType)}`
      }`,
    presignPut: async (key, lifetimeSeconds, sizeBytes) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}&size=${sizeBytes}`,
    async describe(key) {
      const text = objects.get(key);
      return text === undefined
        ? undefined
        : { sizeBytes: Buffer.byteLength(text), mediaType: 'application/json' };
    },
    async removeAll(prefix) {
      for (const key of [...objects.keys()]) if (key.startsWith(prefix)) objects.delete(key);
    },
    keys: () => [...objects.keys()],
  };
}
