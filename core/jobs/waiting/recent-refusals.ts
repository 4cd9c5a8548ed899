import type { Clock } from '../../ports/clock.ts';

/** Which tenants' calls a process was lately not allowed to hold, again and again. */
export interface RecentRefusals {
  note(tenant: string): void;
  /** Whether a further call of the tenant is to be answered at once. */
  areMany(tenant: string): boolean;
}

interface Refusals {
  readonly since: number;
  count: number;
}

/** A caller that was refused is asked to come again after a second at the earliest. */
const windowMilliseconds = 1000;
const many = 4;
const maxKept = 500;

/**
 * Counts refusals within a second, for 500 tenants at most: after the fourth, further calls of the tenant are answered at once for
 * the rest of that second. So a flood of long polls neither takes concurrency nor writes to the table.
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
