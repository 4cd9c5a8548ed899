import type { JobStatus } from '../contract/job-state.ts';

export type EndedStatus = Extract<JobStatus, 'succeeded' | 'failed' | 'error' | 'aborted'>;

/** The jobs of a service that were made on one day. */
export interface CounterKey {
  readonly tenant: string;
  /** Empty for drafts that named none. */
  readonly service: string;
  /** In UTC, as in 2026-11-21. */
  readonly day: string;
}

/** How many of them have ended, and how. A job that is deleted later stays counted. */
export interface JobCounter extends CounterKey {
  readonly counts: Readonly<Record<EndedStatus, number>>;
  /** From `pending` to end, of those that succeeded, in sum. */
  readonly durationMilliseconds: number;
}

/** The end of one job. */
export interface JobEnd {
  readonly jobId: string;
  readonly status: EndedStatus;
  /** From `pending`: neither its time as a draft counts, nor that of waiting for others. */
  readonly durationMilliseconds: number;
}

export interface CounterQuery {
  readonly tenant: string;
  /** None: all services. */
  readonly services?: readonly string[] | undefined;
  /** First day. */
  readonly from?: string | undefined;
  /** The day after the last. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Counts ended jobs by tenant, service and day. */
export interface JobCounters {
  /** Counts ends once each: one that is among the last 128 that the counter was given is left out. */
  count(key: CounterKey, ends: readonly JobEnd[]): Promise<void>;
  /** By service, then day; at most `limit`. Eventually consistent. */
  list(query: CounterQuery): Promise<readonly JobCounter[]>;
  /** A service's newest days, the newest first. Eventually consistent. */
  newest(key: Omit<CounterKey, 'day'>, limit: number): Promise<readonly JobCounter[]>;
}
