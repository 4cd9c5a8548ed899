import type {
  ReusableKey,
  ReusableResult,
  ReusableResults,
} from '../../../core/ports/reuse/reusable-results.ts';

/** The reusable results in memory; expired ones stay, as they do in DynamoDB for a time. */
export function memoryReusableResults(): ReusableResults {
  const stored = new Map<string, ReusableResult>();
  return {
    async offer(key, result) {
      stored.set(nameOf(key), structuredClone(result));
    },
    find: async (key) => structuredClone(stored.get(nameOf(key))),
  };
}

function nameOf({ tenant, contentDigest }: ReusableKey): string {
  return `${tenant}#${contentDigest}`;
}
