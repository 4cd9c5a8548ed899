/** What the account allowed when it was asked. */
export interface AccountLimit {
  /** How many functions without a reservation may run at a time. */
  readonly concurrency: number;
  /** Milliseconds since 1970. */
  readonly readAt: number;
}

/** Keeps the account's limit for the functions that need it, which may not ask for it themselves. */
export interface AccountLimits {
  /** Undefined when it was never written; may be a few seconds behind. */
  read(): Promise<AccountLimit | undefined>;
  write(limit: AccountLimit): Promise<void>;
}

/** AWS Lambda's own word on the account. */
export interface LambdaAccount {
  /** The concurrency of the account's region without what functions have reserved. Throws when Lambda refuses to answer. */
  unreservedConcurrency(): Promise<number>;
}
