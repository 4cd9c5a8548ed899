/** Time as the use cases see it; a simulation brings its own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** Where ids, tokens and chance come from. */
export interface Random {
  /** A UUIDv7, lower case, whose time is `now`. */
  jobId(now: number): string;
  /** 256 random bits as base64url text. */
  secret(): string;
  /** Evenly from 0 (inclusive) to 1 (exclusive). */
  fraction(): number;
}
