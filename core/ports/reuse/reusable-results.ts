/** What a result depends on: see `contentDigest` of a job. */
export interface ReusableKey {
  readonly tenant: string;
  readonly contentDigest: string;
}

/** The job that was the last to produce a result. It may have been deleted since, or may not have succeeded after all. */
export interface ReusableResult {
  readonly jobId: string;
  /** Digest of the IDs of its outputs; absent if it has none. */
  readonly outputsDigest?: string;
}

/** Finds the job with the result for a content digest. */
export interface ReusableResults {
  /**
   * Stores the job whose result can be reused; replaces an earlier one. Nothing is found any more some time after the time
   * `expiresAtEpochSeconds`.
   */
  offer(key: ReusableKey, result: ReusableResult, expiresAtEpochSeconds: number): Promise<void>;
  /** Strongly consistent. */
  find(key: ReusableKey): Promise<ReusableResult | undefined>;
}
