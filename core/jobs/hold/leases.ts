import type { Chance, Clock } from '../../ports/clock.ts';
import type { HeldCalls, Lease } from '../../ports/held-calls.ts';
import type { Log } from '../../ports/log.ts';

export interface LeaseDeps {
  readonly heldCalls: HeldCalls;
  /** How many calls a tenant may have held at a time. */
  readonly maxHeldCalls: number;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** What a held call may take from the end of its wait to its answer, and how far clocks may differ. */
const graceMilliseconds = 5000;

/**
 * Takes the right to hold a call until `deadline`; undefined when the tenant has too many. A hold that cannot be counted is not
 * begun: the caller polls instead, which is always right.
 */
export async function takeLease(
  deps: LeaseDeps,
  tenant: string,
  deadline: number,
): Promise<Lease | undefined> {
  const lease = { tenant, id: deps.chance.secret().slice(-8), expiresAt: deadline + graceMilliseconds };
  try {
    const outcome = await deps.heldCalls.take(lease, deps.maxHeldCalls, deps.clock.now());
    return outcome === 'taken' ? lease : undefined;
  } catch (error) {
    deps.log.warn('lease-not-taken', { tenant, error: asError(error) });
    return undefined;
  }
}

/** A lease that cannot be given back expires. */
export async function releaseLease(deps: LeaseDeps, lease: Lease): Promise<void> {
  try {
    await deps.heldCalls.release(lease);
  } catch (error) {
    deps.log.warn('lease-not-released', { tenant: lease.tenant, error: asError(error) });
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
