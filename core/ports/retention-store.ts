/** The progress of one round over all tenants. Times are epoch milliseconds. */
export interface RetentionRound {
  readonly startedAt: number;
  readonly isDone: boolean;
  /** The tenant whose jobs are being read; the first one if absent. */
  readonly tenant?: string;
  /** Position of its next page: `next` of the previous one. */
  readonly after?: string;
  /** Creation time of the oldest job of the tenant that could not be deleted in this round. */
  readonly oldestKept?: number;
}

/** Stores the progress of the retention, so that jobs are not read again without need. */
export interface RetentionStore {
  /** Every tenant that ever had a job, sorted by name. */
  tenants(): Promise<readonly string[]>;
  /** Undefined before the first round. */
  round(): Promise<RetentionRound | undefined>;
  saveRound(round: RetentionRound): Promise<void>;
  /** All jobs of a tenant that were created before this time are deleted; 0 if nothing is known. */
  deletedBefore(tenant: string): Promise<number>;
  saveDeletedBefore(tenant: string, time: number): Promise<void>;
}
