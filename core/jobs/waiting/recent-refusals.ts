import type { Clock } from '../../ports/clock.ts';

/** Tenants whose calls were repeatedly refused a lease by this process. */
export interface RecentRefusals {
  note(tenant: string): void;
  /** Whether further calls of the tenant are answered at once. */
  areMany(tenant: string): boolean;
}

interface Refusals {
  readonly since: number;
  count: number;
}

/** A refused client is told to retry after one second at the earliest. */
const windowMilliseconds = 1000;
const many = 4;
const maxKept = 500;

/**
 * Counts refusals within a second, for at most 500 tenants: after the fourth, further calls of the tenant are
 * answered at once for the rest of that second. So a flood of long polls neither occupies concurrency nor
 * writes to the table.
 */
export function recentRefusals({ now }: Pick<Clock, 'now'>): RecentRefusals {
  const kept = new Map<string, Refusals>();
  const current = (tenant: string): Refusals | undefined => {
    const refusals = kept.get(tenant);
    return refusals !== undefined && now() - refusals.since < windowMilliseconds ? refusals : undefined;
  };
  return {
    note(tenant) {
      const refusals = current(tenant);
      if (refusals !== undefined) {
        refusals.count += 1;
        return;
      }
      kept.delete(tenant);
      const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(tenant, { since: now(), count: 1 });
    },
    areMany: (tenant) => (current(tenant)?.count ?? 0) >= many,
  };
}
