import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Lease, LongPolls } from '../../ports/long-polls.ts';
import type { Random } from '../../ports/random.ts';
import type { Settings } from '../../ports/settings.ts';
import { asError } from '../../std/as-error.ts';
import type { RecentRefusals } from './recent-refusals.ts';

export interface LeaseDeps {
  readonly longPolls: LongPolls;
  readonly settings: Pick<Settings, 'maxHeldCalls'>;
  /** Maximum number of long polls and event streams of all tenants together (total-limit.ts). */
  readonly totalLongPollLimit: () => Promise<number>;
  readonly refusals: RecentRefusals;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The lease of a long poll. */
export interface ActiveLease {
  /** When `renew` is due, in epoch milliseconds; infinite if the lease lasts as long as the long poll. */
  readonly renewAt: number;
  /** Extends the lease; false if the long poll must end. Never throws. */
  renew(): Promise<boolean>;
  /** Releases the lease; if that fails, it expires. Never throws. */
  release(): Promise<void>;
}

/**
 * How long the lease of a dead process blocks its slot. A long poll of 25 s, which is the most common
 * duration, needs no renewal.
 */
const leaseMs = 30_000;
/** Leaves time for four failed renewals. */
const renewalMs = 20_000;
const retryMs = 2000;
/** Covers the time from the end of the wait to the response, and clock skew between processes. */
const graceMs = 5000;

/**
 * Takes a lease to wait until `budgetEndsAt` (epoch milliseconds); a lease lasts at most 30 s and is then
 * renewed. Undefined if there are too many long polls, if leases of the tenant were often refused a moment ago,
 * or if the lease cannot be counted: then the client polls instead, which is always correct.
 */
export async function takeLease(
  deps: LeaseDeps,
  tenant: string,
  budgetEndsAt: number,
): Promise<ActiveLease | undefined> {
  if (deps.refusals.isThrottled(tenant)) return undefined;
  const request = { tenant, id: deps.random.secret().slice(-8), expiresAt: expiresAtFor(deps, budgetEndsAt) };
  try {
    const limits = { tenant: deps.settings.maxHeldCalls, total: await deps.totalLongPollLimit() };
    const outcome = await deps.longPolls.take(request, limits, deps.clock.now());
    if (outcome !== 'full') return activeLease(deps, outcome, budgetEndsAt);
    deps.refusals.record(tenant);
    return undefined;
  } catch (error) {
    deps.log.warn('lease-not-acquired', { tenant, error: asError(error) });
    return undefined;
  }
}

function activeLease(deps: LeaseDeps, taken: Lease, budgetEndsAt: number): ActiveLease {
  let lease = taken;
  let renewAt = renewAtFor(deps, lease, budgetEndsAt);
  return {
    get renewAt() {
      return renewAt;
    },
    async renew() {
      const next = { ...lease, expiresAt: expiresAtFor(deps, budgetEndsAt) };
      const outcome = await tryToRenew(deps, next);
      if (outcome === 'renewed') lease = next;
      renewAt = outcome === 'renewed' ? renewAtFor(deps, lease, budgetEndsAt) : deps.clock.now() + retryMs;
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

function expiresAtFor({ clock }: LeaseDeps, budgetEndsAt: number): number {
  return Math.min(budgetEndsAt + graceMs, clock.now() + leaseMs);
}

function renewAtFor({ clock }: LeaseDeps, lease: Lease, budgetEndsAt: number): number {
  const isLast = lease.expiresAt >= budgetEndsAt + graceMs;
  return isLast ? Number.POSITIVE_INFINITY : clock.now() + renewalMs;
}
