import type { RetentionRound, RetentionStore } from '../../../core/ports/retention-store.ts';

/** The in-memory retention store, for these tenants. */
export function memoryRetentionStore(tenants: readonly string[] = ['local']): RetentionStore {
  let round: RetentionRound | undefined;
  const before = new Map<string, number>();
  return {
    tenants: async () => [...tenants].sort(),
    round: async () => round,
    async saveRound(next) {
      round = next;
    },
    deletedBefore: async (tenant) => before.get(tenant) ?? 0,
    async saveDeletedBefore(tenant, time) {
      before.set(tenant, time);
    },
  };
}
