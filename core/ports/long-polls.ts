/**
 * A request for the right of one call to wait. The lease expires, so the slot of a dead process becomes free
 * again.
 */
export interface LeaseRequest {
  readonly tenant: string;
  /** At most 8 characters; unique among the leases that have not expired. */
  readonly id: string;
  /** Epoch milliseconds; stores may round it up to a whole second. */
  readonly expiresAt: number;
}

/** A granted lease. */
export interface Lease extends LeaseRequest {
  /** The part of the store that counts it. */
  readonly shard: number;
}

/** Maximum numbers of waiting calls. */
export interface LongPollLimits {
  readonly tenant: number;
  /** Of all tenants together. */
  readonly total: number;
}

/** Counts the calls that wait. `now` is in epoch milliseconds. */
export interface LongPolls {
  /**
   * Grants a lease unless that would exceed the limits or a fair share of them (fair-share.ts), counting
   * leases that have not expired by `now`. Concurrent calls never exceed the limits, but a store may refuse
   * some before the limits are reached. A repeated request returns the same lease.
   */
  take(request: LeaseRequest, limits: LongPollLimits, now: number): Promise<Lease | 'full'>;
  /**
   * Extends a lease; `lost` if it has expired by `now`, because its slot may be taken, or if it does not
   * exist.
   */
  renew(lease: Lease, now: number): Promise<'renewed' | 'lost'>;
  /** Releases a lease; does nothing if it does not exist. */
  release(lease: Lease): Promise<void>;
}
