import type { ServiceKey, ServiceStore } from '../../../core/ports/service-store.ts';
import { definitionDigest } from '../../../core/services/model/definition-digest.ts';
import type { Service } from '../../../core/services/model/service.ts';

/** The in-memory service store: the content of a service is copied in and out. */
export function memoryServiceStore(): ServiceStore {
  const stored = new Map<string, Service>();
  const replaced = new Map<string, Service['definition']>();
  const all = (tenant: string) => [...stored.values()].filter((service) => service.tenant === tenant);
  return {
    get: async (key) => structuredClone(stored.get(textKey(key))),
    versions: async (tenant, wanted) =>
      all(tenant)
        .filter(({ name }) => name === wanted)
        .map(({ name, version, deprecation }) =>
          structuredClone({ name, version, ...(deprecation && { deprecation }) }),
        ),
    names: async (tenant) => [...new Set(all(tenant).map(({ name }) => name))].sort().slice(0, 1000),
    async list({ tenant, name, after, limit }) {
      const rest = all(tenant)
        .filter((service) => name === undefined || service.name === name)
        .sort(byPosition)
        .filter((service) => after === undefined || byPosition(service, after) > 0);
      const services = structuredClone(rest.slice(0, limit));
      const last = services.at(-1);
      if (last === undefined || rest.length <= limit) return { services };
      return { services, nextAfter: { name: last.name, version: last.version } };
    },
    async insert(service) {
      if (stored.has(textKey(service))) return 'exists';
      stored.set(textKey(service), structuredClone(service));
      return 'inserted';
    },
    async replace(service, expectedRevision) {
      if (stored.get(textKey(service))?.revision !== expectedRevision) return 'conflict';
      stored.set(textKey(service), structuredClone(service));
      return 'replaced';
    },
    async keepDefinition(service) {
      const key = `${textKey(service)}/${definitionDigest(service.definition)}`;
      replaced.set(key, structuredClone(service.definition));
    },
    replacedDefinition: async (key, digest) => structuredClone(replaced.get(`${textKey(key)}/${digest}`)),
    async remove(key, expectedRevision) {
      if (stored.get(textKey(key))?.revision !== expectedRevision) return 'conflict';
      stored.delete(textKey(key));
      return 'removed';
    },
  };
}

function textKey({ tenant, name, version }: ServiceKey): string {
  return `${tenant}/${name}/${version}`;
}

type Position = Pick<Service, 'name' | 'version'>;

function byPosition(left: Position, right: Position): number {
  return compareText(left.name, right.name) || compareText(left.version, right.version);
}

function compareText(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
