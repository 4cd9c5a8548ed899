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
      leases.set(nameOf(lease), { ...lease, expiresAt: Math.ceil(lease.expiresAt / 1000) * 1000 });
      return 'taken';
    },
    async release(lease) {
      leases.delete(nameOf(lease));
    },
  };
}

/** Tenants hold no `#`. */
function nameOf({ tenant, id }: Pick<Lease, 'tenant' | 'id'>): string {
  return `${tenant}#${id}`;
}
