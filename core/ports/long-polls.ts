/** The right of one call to be held, as it is asked for. It ends by itself, so that a process that dies gives it back. */
export interface LeaseRequest {
  readonly tenant: string;
  /** At most 8 characters; of its own among those that have not expired. */
  readonly id: string;
  /** Milliseconds since 1970; stores may round it up to a whole second. */
  readonly expiresAt: number;
}

/** A lease that was taken. */
export interface Lease extends LeaseRequest {
  /** Which part of the store counts it. */
  readonly shard: number;
}

/** How many calls may be held at a time. */
export interface LongPollLimits {
  readonly tenant: number;
  /** Of all tenants together. */
  readonly whole: number;
}

/** Counts the calls that are held at a time. Times `now` are milliseconds since 1970. */
export interface LongPolls {
  /**
   * Takes a lease unless that would exceed the limits or a fair share of them (fair-share.ts), counting those that have not
   * expired by `now`. Of many at once no more are taken than allowed, though a store may refuse some before its limits are
   * reached; one that is asked for again is the same one.
   */
  take(request: LeaseRequest, limits: LongPollLimits, now: number): Promise<Lease | 'full'>;
  /** Moves the end of a lease; `lost` when it has expired by `now`, for its slot may be another's, or is not there. */
  renew(lease: Lease, now: number): Promise<'renewed' | 'lost'>;
  /** Gives a lease back; nothing happens to one that is not there. */
  release(lease: Lease): Promise<void>;
}
