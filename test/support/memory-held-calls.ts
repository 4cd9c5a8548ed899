import type { HeldCalls, Lease } from '../../core/ports/held-calls.ts';

/** The in-memory twin of the held calls; what has expired stays until its place is needed. */
export function memoryHeldCalls(): HeldCalls & { heldBy(tenant: string): readonly Lease[] } {
  const leases = new Map<string, Lease>();
  const heldBy = (tenant: string) => [...leases.values()].filter((lease) => lease.tenant === tenant);
  return {
    heldBy,
    async take(lease, limit, now) {
      const running = heldBy(lease.tenant).filter(({ id, expiresAt }) => expiresAt > now && id !== lease.id);
      if (running.length >= limit) return 'full';
      if (heldBy(lease.tenant).length >= limit) {
        for (const { tenant, id, expiresAt } of heldBy(lease.tenant))
          if (expiresAt <= now) leases.delete(nameOf({ tenant, id }));
      }
      leases.set(nameOf(lease), rounded(lease));
      return 'taken';
    },
    async renew(lease) {
      if (!leases.has(nameOf(lease))) return 'lost';
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

/** Tenants hold no `#`. */
function nameOf({ tenant, id }: Pick<Lease, 'tenant' | 'id'>): string {
  return `${tenant}#${id}`;
}
