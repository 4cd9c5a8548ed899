import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';

/**
 * A store that reads the same thing once, for one call that asks for many jobs of few services. A write forgets all
 * that was read, so that what follows a conflict sees what is stored; a read that fails is not kept.
 */
export function sharedReads(store: ServiceStore): ServiceStore {
  const get = keeping((key: ServiceKey) => store.get(key));
  const versions = keeping((tenant: string, name: string) => store.versions(tenant, name));
  const names = keeping((tenant: string) => store.names(tenant));
  /** Forgets when the write has ended: what was read while it was under way may be older. */
  const write = <Outcome>(outcome: Promise<Outcome>): Promise<Outcome> =>
    outcome.finally(() => {
      for (const { forget } of [get, versions, names]) forget();
    });
  return {
    get: ({ tenant, name, version }) => get.read({ tenant, name, version }),
    versions: versions.read,
    names: names.read,
    list: (query) => store.list(query),
    insert: (service) => write(store.insert(service)),
    replace: (service, expectedRevision) => write(store.replace(service, expectedRevision)),
    remove: (key, expectedRevision) => write(store.remove(key, expectedRevision)),
  };
}

/** Keeps what a function was asked for, by its arguments as JSON. */
function keeping<Arguments extends readonly unknown[], Value>(read: (...about: Arguments) => Promise<Value>) {
  const kept = new Map<string, Promise<Value>>();
  return {
    forget: () => kept.clear(),
    read(...about: Arguments): Promise<Value> {
      const key = JSON.stringify(about);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const value = read(...about);
      kept.set(key, value);
      value.catch(() => kept.delete(key));
      return value;
    },
  };
}
