import type { JobStatus } from '../../contract/job-state.ts';

export interface GroupKey {
  readonly tenant: string;
  /** Name of the group. */
  readonly group: string;
}

/** A job of a group, as far as its group counts it. */
export interface CountedJob {
  readonly status: JobStatus;
  /** Milliseconds from `pending` to the end of a job that succeeded; 0 of any other job. */
  readonly succeededMs: number;
}

/** One published change of a job of a group. Times are in epoch milliseconds. */
export interface GroupChange {
  /** Identifies the change: `<job ID>/<sequence number>`. */
  readonly id: string;
  /** The job before the change; absent if it is new. */
  readonly before?: CountedJob;
  /** The job after the change; absent if it was deleted. */
  readonly after?: CountedJob;
  readonly requestedAt: number;
  readonly at: number;
}

/**
 * A period in which the group always had a job that was started and had not ended. `ended` counts the jobs that
 * have ended since.
 */
export interface GroupRun {
  readonly since: number;
  readonly ended: number;
}

/** The jobs of a group, as far as their changes have been published. Times are in epoch milliseconds. */
export interface GroupCounts extends GroupKey {
  /** Number of jobs by state, without states that have none. */
  readonly counts: Readonly<Partial<Record<JobStatus, number>>>;
  /** Sum of the `succeededMs` of its jobs. */
  readonly succeededMs: number;
  /** Of the first job that was counted, also if that was deleted. */
  readonly firstRequestedAt: number;
  readonly lastUpdatedAt: number;
  /** The current or last run; absent before a job was started. */
  readonly run?: GroupRun;
}

export interface GroupListQuery {
  readonly tenant: string;
  /** Only groups whose name starts with this text. */
  readonly namePrefix?: string | undefined;
  /** The `next` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface GroupPage {
  /** In the order of the UTF-8 bytes of their names. */
  readonly groups: readonly GroupCounts[];
  /** Name of the last group; absent at the end. The next page may be empty. */
  readonly next?: string;
}

/** Counts the jobs of groups by state. */
export interface GroupCounters {
  /**
   * Adds the changes to the counts of the group. A change among those that the group remembers (`maxRecent`) is
   * ignored, so a repeated call changes nothing.
   */
  count(key: GroupKey, changes: readonly GroupChange[]): Promise<void>;
  /** Undefined if the group has no jobs. Strongly consistent. */
  get(key: GroupKey): Promise<GroupCounts | undefined>;
  /** Groups that have jobs. Eventually consistent. */
  list(query: GroupListQuery): Promise<GroupPage>;
}
