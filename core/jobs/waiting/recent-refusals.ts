import type { Clock } from '../../ports/clock.ts';

/** Tenants to which this process has repeatedly refused a lease. */
export interface RecentRefusals {
  record(tenant: string): void;
  /** Whether further calls of the tenant get their response immediately. */
  isThrottled(tenant: string): boolean;
}

interface Refusals {
  readonly since: number;
  count: number;
}

/** A refused client may retry after one second at the earliest. */
const windowMs = 1000;
const maxRefusals = 4;
const maxTenants = 500;

/**
 * Counts refusals within a second, for at most 500 tenants: after the fourth, further calls of the tenant get
 * their response immediately for the rest of that second. So a flood of long polls neither occupies
 * concurrency nor writes to the table.
 */
export function recentRefusals({ now }: Pick<Clock, 'now'>): RecentRefusals {
  const refusalsByTenant = new Map<string, Refusals>();
  const current = (tenant: string): Refusals | undefined => {
    const refusals = refusalsByTenant.get(tenant);
    return refusals !== undefined && now() - refusals.since < windowMs ? refusals : undefined;
  };
  return {
    record(tenant) {
      const refusals = current(tenant);
      if (refusals !== undefined) {
        refusals.count += 1;
        return;
      }
      refusalsByTenant.delete(tenant);
      const oldest = refusalsByTenant.size >= maxTenants ? refusalsByTenant.keys().next().value : undefined;
      if (oldest !== undefined) refusalsByTenant.delete(oldest);
      refusalsByTenant.set(tenant, { since: now(), count: 1 });
    },
    isThrottled: (tenant) => (current(tenant)?.count ?? 0) >= maxRefusals,
  };
}
