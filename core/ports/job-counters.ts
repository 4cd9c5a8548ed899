import type { JobStatus } from '../contract/job-state.ts';

export type EndedStatus = Extract<JobStatus, 'succeeded' | 'failed' | 'error' | 'aborted'>;

/** The jobs of a service that were created on one day. */
export interface CounterKey {
  readonly tenant: string;
  /** Empty for drafts without a service. */
  readonly service: string;
  /** In UTC, for example 2026-11-21. */
  readonly day: string;
}

/** The number of ended jobs by status. A job that is deleted later stays counted. */
export interface JobCounter extends CounterKey {
  readonly counts: Readonly<Record<EndedStatus, number>>;
  /** Total time from `pending` to the end of all succeeded jobs. */
  readonly durationMs: number;
}

/** The end of one job. */
export interface JobEnd {
  readonly jobId: string;
  readonly status: EndedStatus;
  /** From `pending`: excludes the time as a draft and the wait for dependencies. */
  readonly durationMs: number;
}

export interface CounterQuery {
  readonly tenant: string;
  /** All services if absent. */
  readonly services?: readonly string[] | undefined;
  /** First day. */
  readonly from?: string | undefined;
  /** The day after the last. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Counts ended jobs by tenant, service and day. */
export interface JobCounters {
  /** Counts each end once: an end among the last 128 of the counter is ignored. */
  count(key: CounterKey, ends: readonly JobEnd[]): Promise<void>;
  /** Sorted by service, then day; at most `limit`. Eventually consistent. */
  list(query: CounterQuery): Promise<readonly JobCounter[]>;
  /** A service's newest days, the newest first. Eventually consistent. */
  newest(key: Omit<CounterKey, 'day'>, limit: number): Promise<readonly JobCounter[]>;
}
