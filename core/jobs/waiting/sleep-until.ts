import type { Clock } from '../../ports/clock.ts';
import type { ActiveLease } from './leases.ts';

/** How long a call may wait without a lease: about as long as any other call takes under load. */
export const leaseFreeMs = 100;

/**
 * Sleeps until `wakeAt` (epoch milliseconds), and renews the lease of the long poll meanwhile. Returns false as
 * soon as the lease is lost.
 */
export async function sleepUntil(
  { clock }: { readonly clock: Clock },
  wakeAt: number,
  lease: ActiveLease | undefined,
): Promise<boolean> {
  while (lease !== undefined && lease.renewAt < wakeAt) {
    await clock.sleep(Math.max(0, lease.renewAt - clock.now()));
    if (!(await lease.renew())) return false;
  }
  await clock.sleep(Math.max(0, wakeAt - clock.now()));
  return true;
}
