import type { Clock, Random } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Lease, LongPolls } from '../../ports/long-polls.ts';
import { asError } from '../../std/as-error.ts';
import type { RecentRefusals } from './recent-refusals.ts';

export interface LeaseDeps {
  readonly longPolls: LongPolls;
  /** How many calls a tenant may have held at a time. */
  readonly maxHeldCalls: number;
  /** How many calls all tenants together may have held at a time (whole-limit.ts). */
  readonly wholeHeldCalls: () => Promise<number>;
  readonly refusals: RecentRefusals;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The lease of a call that is being held. */
export interface ActiveLease {
  /** When `renew` is due, in milliseconds since 1970; infinite when the lease lasts as long as the call. */
  readonly renewAt: number;
  /** Extends the lease; false when the call must not be held any longer. Never throws. */
  renew(): Promise<boolean>;
  /** Gives the lease back; one that cannot be given back expires. Never throws. */
  release(): Promise<void>;
}

/** How long a holder that died blocks its slot at most. A call of 25 s, the usual long poll, needs no renewal. */
const leaseMilliseconds = 30_000;
/** Leaves room for four renewals that fail. */
const renewalMilliseconds = 20_000;
const retryMilliseconds = 2000;
/** What a held call may take from the end of its wait to its answer, and how far clocks may differ. */
const graceMilliseconds = 5000;

/**
 * Takes the right to hold a call until `deadline`, as a lease of at most 30 s that has to be renewed; undefined when too many
 * are held, or calls of the tenant were refused often a moment ago. A hold that cannot be counted is not begun: the caller polls instead, which is always right.
 */
export async function takeLease(
  deps: LeaseDeps,
  tenant: string,
  deadline: number,
): Promise<ActiveLease | undefined> {
  if (deps.refusals.areMany(tenant)) return undefined;
  const request = { tenant, id: deps.random.secret().slice(-8), expiresAt: expiryOf(deps, deadline) };
  try {
    const limits = { tenant: deps.maxHeldCalls, whole: await deps.wholeHeldCalls() };
    const outcome = await deps.longPolls.take(request, limits, deps.clock.now());
    if (outcome !== 'full') return activeLease(deps, outcome, deadline);
    deps.refusals.note(tenant);
    return undefined;
  } catch (error) {
    deps.log.warn('lease-not-taken', { tenant, error: asError(error) });
    return undefined;
  }
}

function activeLease(deps: LeaseDeps, taken: Lease, deadline: number): ActiveLease {
  let lease = taken;
  let renewAt = renewalOf(deps, lease, deadline);
  return {
    get renewAt() {
      return renewAt;
    },
    async renew() {
      const next = { ...lease, expiresAt: expiryOf(deps, deadline) };
      const outcome = await tryToRenew(deps, next);
      if (outcome === 'renewed') lease = next;
      renewAt =
        outcome === 'renewed' ? renewalOf(deps, lease, deadline) : deps.clock.now() + retryMilliseconds;
      return outcome === 'renewed' || (outcome === 'unknown' && renewAt < lease.expiresAt);
    },
    release: () => releaseLease(deps, lease),
  };
}

async function tryToRenew(deps: LeaseDeps, lease: Lease): Promise<'renewed' | 'lost' | 'unknown'> {
  try {
    return await deps.longPolls.renew(lease, deps.clock.now());
  } catch (error) {
    deps.log.warn('lease-not-renewed', { tenant: lease.tenant, error: asError(error) });
    return 'unknown';
  }
}

async function releaseLease(deps: LeaseDeps, lease: Lease): Promise<void> {
  try {
    await deps.longPolls.release(lease);
  } catch (error) {
    deps.log.warn('lease-not-released', { tenant: lease.tenant, error: asError(error) });
  }
}

function expiryOf({ clock }: LeaseDeps, deadline: number): number {
  return Math.min(deadline + graceMilliseconds, clock.now() + leaseMilliseconds);
}

function renewalOf({ clock }: LeaseDeps, lease: Lease, deadline: number): number {
  const isLast = lease.expiresAt >= deadline + graceMilliseconds;
  return isLast ? Number.POSITIVE_INFINITY : clock.now() + renewalMilliseconds;
}
