import type { Operation } from '../../../../core/operations/model/operation.ts';
import type {
  JobIdChunk,
  OperationKey,
  OperationStore,
  PartResult,
  RefusalPage,
} from '../../../../core/ports/operations/operation-store.ts';

/** The in-memory store of operations. */
export function memoryOperationStore(): OperationStore {
  const stored = new Map<string, Operation>();
  const chunks = new Map<string, JobIdChunk>();
  const pages = new Map<string, RefusalPage>();
  const all = () => [...stored.values()];
  return {
    async insert(operation) {
      const name = nameOf(keyOf(operation));
      if (stored.has(name)) return 'exists';
      stored.set(name, structuredClone(operation));
      return 'inserted';
    },
    get: async (key) => structuredClone(stored.get(nameOf(key))),
    async replace(operation, expectedVersion) {
      const name = nameOf(keyOf(operation));
      if (stored.get(name)?.version !== expectedVersion) return 'conflict';
      stored.set(name, structuredClone(operation));
      return 'replaced';
    },
    async list({ tenant, after, limit }) {
      const listed = all()
        .filter((one) => one.tenant === tenant && (after === undefined || one.id < after))
        .sort((left, right) => (left.id < right.id ? 1 : -1));
      const operations = structuredClone(listed.slice(0, limit));
      const last = operations.at(-1);
      return {
        operations,
        ...(last !== undefined && listed.length > limit ? { next: last.id } : {}),
      };
    },
    countRunning: async (tenant, limit) =>
      Math.min(all().filter((one) => one.tenant === tenant && one.status === 'running').length, limit),
    listDue: async (now, limit) =>
      all()
        .flatMap((one) => (one.nextCheckAt === undefined ? [] : [{ at: one.nextCheckAt, key: keyOf(one) }]))
        .filter(({ at }) => at <= now)
        .sort((left, right) => left.at - right.at)
        .slice(0, limit)
        .map(({ key }) => key),
    putChunk: async (key, chunk) => putPart(chunks, `${nameOf(key)}#${chunk.number}`, chunk),
    getChunk: async (key, number) => structuredClone(chunks.get(`${nameOf(key)}#${number}`)?.jobIds),
    putRefusals: async (key, page) => putPart(pages, `${nameOf(key)}#${page.position}`, page),
    listRefusals: async (key, from, limit) =>
      structuredClone(
        [...pages]
          .filter(([name, { position }]) => name.startsWith(`${nameOf(key)}#`) && position >= from)
          .map(([, page]) => page)
          .sort((left, right) => left.position - right.position)
          .slice(0, limit),
      ),
  };
}

function putPart<Part extends { readonly lease: number }>(
  parts: Map<string, Part>,
  name: string,
  part: Part,
): PartResult {
  const there = parts.get(name);
  if (there !== undefined && there.lease > part.lease) return 'superseded';
  parts.set(name, structuredClone(part));
  return 'stored';
}

function keyOf({ tenant, id }: Operation): OperationKey {
  return { tenant, operationId: id };
}

function nameOf({ tenant, operationId }: OperationKey): string {
  return `${tenant}#${operationId}`;
}
