import type { ObjectStore } from '../../core/ports/object-store.ts';

/** The in-memory twin of the object store; `keys` tells what was put. */
export function memoryObjectStore(): ObjectStore & { keys(): readonly string[] } {
  const objects = new Map<string, string>();
  return {
    async put(key, json) {
      objects.set(key, json);
    },
    get: async (key) => objects.get(key),
    presignGet: async (key, lifetimeSeconds) =>
      `https://objects.invalid/${encodeURIComponent(key)}?expires=${lifetimeSeconds}`,
    keys: () => [...objects.keys()],
  };
}
