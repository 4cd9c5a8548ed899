import { fitsFairShare } from '../../../core/jobs/waiting/fair-share.ts';
import type { Lease, LeaseRequest, LongPolls } from '../../../core/ports/long-polls.ts';

/** The in-memory store of long polls; an expired lease stays until its slot is needed. */
export function memoryLongPolls(): LongPolls & { leasesOf(tenant: string): readonly Lease[] } {
  const leases = new Map<string, Lease>();
  const leasesOf = (tenant: string) => [...leases.values()].filter((lease) => lease.tenant === tenant);
  const removeExpired = (now: number) => {
    for (const [name, { expiresAt }] of leases) if (expiresAt <= now) leases.delete(name);
  };
  return {
    leasesOf: leasesOf,
    async take(request, limits, now) {
      const others = [...leases.values()].filter(
        (lease) => lease.expiresAt > now && nameOf(lease) !== nameOf(request),
      );
      const own = others.filter(({ tenant }) => tenant === request.tenant).length + 1;
      if (!fitsFairShare({ own, total: others.length + 1 }, limits)) return 'full';
      if (leases.size >= limits.total || leasesOf(request.tenant).length >= limits.tenant) removeExpired(now);
      const lease = rounded({ ...request, shard: 0 });
      leases.set(nameOf(lease), lease);
      return lease;
    },
    async renew(lease, now) {
      if ((leases.get(nameOf(lease))?.expiresAt ?? now) <= now) return 'lost';
      leases.set(nameOf(lease), rounded(lease));
      return 'renewed';
    },
    async release(lease) {
      leases.delete(nameOf(lease));
    },
  };
}

function rounded(lease: Lease): Lease {
  return { ...lease, expiresAt: Math.ceil(lease.expiresAt / 1000) * 1000 };
}

/** Tenant names contain no `#`. */
function nameOf({ tenant, id }: Pick<LeaseRequest, 'tenant' | 'id'>): string {
  return `${tenant}#${id}`;
}
