import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';

/**
 * Deduplicates the reads of one call, such as a submission of many jobs of few services. A write clears the
 * cache, so that the read after a conflict returns the stored state; failed reads are not cached.
 */
export function sharedReads(store: ServiceStore): ServiceStore {
  const get = memoize((key: ServiceKey) => store.get(key));
  const versions = memoize((tenant: string, name: string) => store.versions(tenant, name));
  const names = memoize((tenant: string) => store.names(tenant));
  /**
   * Clears the caches when the write has ended: a read during the write may have returned the older state.
   */
  const write = <Outcome>(outcome: Promise<Outcome>): Promise<Outcome> =>
    outcome.finally(() => {
      for (const { clear } of [get, versions, names]) clear();
    });
  return {
    get: ({ tenant, name, version }) => get.read({ tenant, name, version }),
    versions: versions.read,
    names: names.read,
    list: (query) => store.list(query),
    keepDefinition: (service) => store.keepDefinition(service),
    replacedDefinition: (key, digest) => store.replacedDefinition(key, digest),
    insert: (service) => write(store.insert(service)),
    replace: (service, expectedRevision) => write(store.replace(service, expectedRevision)),
    remove: (key, expectedRevision) => write(store.remove(key, expectedRevision)),
  };
}

/** Caches the results of a function by its arguments as JSON. */
function memoize<Arguments extends readonly unknown[], Value>(read: (...args: Arguments) => Promise<Value>) {
  const cache = new Map<string, Promise<Value>>();
  return {
    clear: () => cache.clear(),
    read(...args: Arguments): Promise<Value> {
      const key = JSON.stringify(args);
      const cached = cache.get(key);
      if (cached !== undefined) return cached;
      const value = read(...args);
      cache.set(key, value);
      value.catch(() => cache.delete(key));
      return value;
    },
  };
}
