/** Whose key it is. */
export interface IdempotencyKey {
  readonly tenant: string;
  /** Any text but the empty one. */
  readonly key: string;
}

/** What is known of the first request that carried a key. */
export interface RememberedRequest {
  /** The job that the request makes; it may not be there yet, or never come to be. */
  readonly jobId: string;
  /** Digest of what was asked for. */
  readonly fingerprint: string;
  /** From then on the key counts as new. */
  readonly expiresAtEpochSeconds: number;
}

/** Remembers requests by their keys. Times `now` are milliseconds since 1970. */
export interface IdempotencyStore {
  /**
   * Remembers the request unless the key has one that has not expired by `now`, and answers the one that the key
   * has after that. Of many calls at once one is remembered, and all get that one.
   */
  remember(key: IdempotencyKey, request: RememberedRequest, now: number): Promise<RememberedRequest>;
  /** Strongly consistent; undefined when the key has none, or one that has expired by `now`. */
  find(key: IdempotencyKey, now: number): Promise<RememberedRequest | undefined>;
}
