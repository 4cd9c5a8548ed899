/** An idempotency key of a tenant. */
export interface IdempotencyKey {
  readonly tenant: string;
  /** Any text that is not empty. */
  readonly key: string;
}

/** The stored data of the first request with a key. */
export interface RememberedRequest {
  /** The job that the request creates; it may not exist yet, or never be created. */
  readonly jobId: string;
  /** Digest of the request. */
  readonly fingerprint: string;
  /** When the key expires and counts as new. */
  readonly expiresAtEpochSeconds: number;
}

/** Stores requests by their keys. `now` is in epoch milliseconds. */
export interface IdempotencyStore {
  /**
   * Stores the request unless the key has one that has not expired by `now`, and returns the stored request.
   * If several calls run concurrently, one request is stored, and all calls get it.
   */
  remember(key: IdempotencyKey, request: RememberedRequest, now: number): Promise<RememberedRequest>;
  /** Strongly consistent; undefined if the key has no request, or one that has expired by `now`. */
  find(key: IdempotencyKey, now: number): Promise<RememberedRequest | undefined>;
}
