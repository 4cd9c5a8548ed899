/** The right of one call to be held. It ends by itself, so that a process that dies gives it back. */
export interface Lease {
  readonly tenant: string;
  /** At most 8 characters, so that 50 leases fit in 1 KB; of its own among those that have not expired. */
  readonly id: string;
  /** Milliseconds since 1970; stores may round it up to a whole second. */
  readonly expiresAt: number;
}

/** Counts the calls that each tenant has held at a time. Times `now` are milliseconds since 1970. */
export interface HeldCalls {
  /**
   * Takes a lease, unless the tenant has `limit` of them already that have not expired by `now`. Of many at once no more
   * are taken than the limit allows; one that is asked for again is the same one. `full` too, when others were always
   * first.
   */
  take(lease: Lease, limit: number, now: number): Promise<'taken' | 'full'>;
  /** Moves the end of a lease; `lost` when it is not there any more: it expired and its slot was needed. */
  renew(lease: Lease): Promise<'renewed' | 'lost'>;
  /** Gives a lease back; nothing happens to one that is not there. */
  release(lease: Pick<Lease, 'tenant' | 'id'>): Promise<void>;
}
