/** How far one round over all tenants has come. Times are milliseconds since 1970. */
export interface RetentionRound {
  readonly startedAt: number;
  readonly isDone: boolean;
  /** The tenant whose jobs are being read; the first one when absent. */
  readonly tenant?: string;
  /** Where its next page begins: `next` of the last one. */
  readonly after?: string;
  /** When the oldest of its jobs was made that could not be deleted in this round. */
  readonly oldestKept?: number;
}

/** Remembers what a retention has read, so that nothing is read twice without need. */
export interface RetentionStore {
  /** Every tenant that ever had a job, in the order of the names. */
  tenants(): Promise<readonly string[]>;
  /** Undefined before the first round. */
  round(): Promise<RetentionRound | undefined>;
  saveRound(round: RetentionRound): Promise<void>;
  /** All jobs of a tenant that were made before this time are deleted; 0 when nothing is known. */
  deletedBefore(tenant: string): Promise<number>;
  saveDeletedBefore(tenant: string, time: number): Promise<void>;
}
