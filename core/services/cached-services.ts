import type { Clock } from '../ports/clock.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';

const lifetimeMilliseconds = 60_000;
const maxKept = 500;

interface Kept {
  readonly service: Service;
  readonly until: number;
}

/**
 * A store that answers `get` from memory for versions that jobs have used: those can neither change nor be deleted. A
 * deprecation made elsewhere may be seen up to 60 seconds late. Keeps the 500 versions that were read last.
 */
export function cachedServices(store: ServiceStore, clock: Clock): ServiceStore {
  const kept = new Map<string, Kept>();
  return {
    ...readThrough(store),
    async get(key) {
      const known = kept.get(cacheKey(key));
      kept.delete(cacheKey(key));
      const entry = known !== undefined && clock.now() < known.until ? known : await read(store, clock, key);
      if (entry === undefined || !entry.service.used) return entry?.service;
      keep(kept, entry);
      return entry.service;
    },
    // After a write, and after a conflict above all, the next read must go to the store.
    async replace(service, expectedRevision) {
      kept.delete(cacheKey(service));
      const outcome = await store.replace(service, expectedRevision);
      kept.delete(cacheKey(service));
      return outcome;
    },
    async remove(key, expectedRevision) {
      kept.delete(cacheKey(key));
      return store.remove(key, expectedRevision);
    },
  };
}

function readThrough(store: ServiceStore): Pick<ServiceStore, 'versions' | 'list' | 'names' | 'insert'> {
  return {
    versions: (tenant, name) => store.versions(tenant, name),
    list: (query) => store.list(query),
    names: (tenant) => store.names(tenant),
    insert: (service) => store.insert(service),
  };
}

async function read(store: ServiceStore, clock: Clock, key: ServiceKey): Promise<Kept | undefined> {
  const until = clock.now() + lifetimeMilliseconds;
  const service = await store.get(key);
  return service && { service, until };
}

/** A map keeps the order of insertion, so its first key is the one that was read longest ago. */
function keep(kept: Map<string, Kept>, entry: Kept): void {
  const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(cacheKey(entry.service), entry);
}

/** None of the three can hold a slash. */
function cacheKey({ tenant, name, version }: ServiceKey): string {
  return `${tenant}/${name}/${version}`;
}
