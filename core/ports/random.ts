/** The source of ids, tokens and random numbers. */
export interface Random {
  /** A UUIDv7 in lower case whose time is `now`. */
  jobId(now: number): string;
  /** 256 random bits as base64url text. */
  secret(): string;
  /** Uniformly distributed from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
}
