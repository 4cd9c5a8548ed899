import { isDevelopmentVersion } from '../contract/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { ServiceKey, ServiceStore } from '../ports/service-store.ts';
import type { Service } from './model/service.ts';

const lifetimeMs = 60_000;
const maxEntries = 500;

interface CacheEntry {
  readonly service: Service;
  readonly expiresAt: number;
}

/**
 * Caches `get` for versions that jobs have used, because those can neither change nor be deleted; development versions
 * can change, so they are read each time. A deprecation by another process may be visible up to 60 seconds late.
 * Keeps the 500 versions that were read last.
 */
export function cachedServices(store: ServiceStore, clock: Clock): ServiceStore {
  const entries = new Map<string, CacheEntry>();
  return {
    ...readThrough(store),
    async get(key) {
      const cached = entries.get(cacheKey(key));
      entries.delete(cacheKey(key));
      const entry =
        cached !== undefined && clock.now() < cached.expiresAt ? cached : await readEntry(store, clock, key);
      if (entry === undefined || !isPermanent(entry.service)) return entry?.service;
      remember(entries, entry);
      return entry.service;
    },
    // After a write, and especially after a conflict, the next read must go to the store.
    async replace(service, expectedRevision) {
      entries.delete(cacheKey(service));
      const outcome = await store.replace(service, expectedRevision);
      entries.delete(cacheKey(service));
      return outcome;
    },
    async remove(key, expectedRevision) {
      entries.delete(cacheKey(key));
      return store.remove(key, expectedRevision);
    },
  };
}

function isPermanent({ used, version }: Service): boolean {
  return used && !isDevelopmentVersion(version);
}

function readThrough(store: ServiceStore): Omit<ServiceStore, 'get' | 'replace' | 'remove'> {
  return {
    versions: (tenant, name) => store.versions(tenant, name),
    list: (query) => store.list(query),
    names: (tenant) => store.names(tenant),
    insert: (service) => store.insert(service),
    keepDefinition: (service) => store.keepDefinition(service),
    replacedDefinition: (key, digest) => store.replacedDefinition(key, digest),
  };
}

async function readEntry(
  store: ServiceStore,
  clock: Clock,
  key: ServiceKey,
): Promise<CacheEntry | undefined> {
  const expiresAt = clock.now() + lifetimeMs;
  const service = await store.get(key);
  return service && { service, expiresAt };
}

/** Adds an entry and evicts the least recently read one: a map keeps the order of insertion. */
function remember(entries: Map<string, CacheEntry>, entry: CacheEntry): void {
  const oldest = entries.size >= maxEntries ? entries.keys().next().value : undefined;
  if (oldest !== undefined) entries.delete(oldest);
  entries.set(cacheKey(entry.service), entry);
}

/** The key is unique because none of the three parts can contain a slash. */
function cacheKey({ tenant, name, version }: ServiceKey): string {
  return `${tenant}/${name}/${version}`;
}
