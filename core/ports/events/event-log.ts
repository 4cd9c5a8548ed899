/** A reference to an event of a job; the record of the job contains everything else. */
export interface EventReference {
  readonly jobId: string;
  /** The sequence number of the event, from 1. */
  readonly sequence: number;
  /** The type of the event without its prefix: a state, or `deleted`. */
  readonly kind: string;
  /** The name of the service when the event occurred; absent for a draft without a service. */
  readonly service?: string;
  /** Digests of the tags that the job had when the event occurred; absent without tags. */
  readonly tagDigests?: readonly string[];
  /** Digest of the group of the job; absent if the job is in none. */
  readonly groupDigest?: string;
}

/** An entry of a tenant's event log: the events of one batch of changes. */
export interface LogEntry {
  readonly tenant: string;
  /** Each entry has the number after that of the entry before it. */
  readonly number: number;
  /** True if the log had no entries when this one was appended. */
  readonly isFirst?: true;
  /** When the entry was appended, in epoch milliseconds; never before the time of the entry before it. */
  readonly at: number;
  /** Epoch seconds; a store removes the entry at this time or later. */
  readonly expiresAtEpochSeconds: number;
  /** At least one. */
  readonly events: readonly EventReference[];
}

/** Times in epoch milliseconds. */
export interface FirstNumberRequest {
  readonly tenant: string;
  readonly now: number;
  readonly notBefore: number;
}

export interface LogRange {
  readonly tenant: string;
  /** The first number, inclusive. */
  readonly from: number;
  readonly limit: number;
}

/** The event logs of all tenants. Reads are strongly consistent. */
export interface EventLog {
  /** Appends an entry unless its number is taken; a repeated call for the same entry is `appended` too. */
  append(entry: LogEntry): Promise<'appended' | 'taken'>;
  /**
   * The number for the first entry of a log without entries: `now` of the first caller. All callers get the same
   * number until it is before `notBefore`, so only one of them appends the first entry.
   */
  firstNumber(request: FirstNumberRequest): Promise<number>;
  /**
   * The entries from a number on, in order. Fewer than `limit` only at the end of the log. May contain expired
   * entries that the store has not removed yet.
   */
  read(range: LogRange): Promise<readonly LogEntry[]>;
  /** The most recent entries, in order. May contain expired entries. */
  newest(tenant: string, limit: number): Promise<readonly LogEntry[]>;
}
