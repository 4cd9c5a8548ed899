/** The concurrency limit of the account at the time of its last read. */
export interface AccountLimit {
  /** Maximum number of concurrent executions of functions without reserved concurrency. */
  readonly concurrency: number;
  /** Epoch milliseconds. */
  readonly readAt: number;
}

/** Stores the account's limit for functions that need it, but have no permission to read it from Lambda. */
export interface AccountLimits {
  /** Undefined if it was never written; may be a few seconds old. */
  read(): Promise<AccountLimit | undefined>;
  write(limit: AccountLimit): Promise<void>;
}

/** Reads the account settings of AWS Lambda. */
export interface LambdaAccount {
  /**
   * The account's concurrency in the region, minus all reserved concurrency. Throws if Lambda refuses the
   * request.
   */
  unreservedConcurrency(): Promise<number>;
}
