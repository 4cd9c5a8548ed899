import type { AttemptLog } from '../jobs/model/job.ts';

/** A line that an attempt wrote. */
export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: string;
}

/** Some lines of a log in its order, oldest first. */
export interface LogPage {
  readonly kind: 'page';
  /** Up to the limit; may be fewer, or none, before the end. */
  readonly lines: readonly LogLine[];
  /** Where the next page begins; good for a day at least. */
  readonly next: string;
  /** True when nothing is behind this page now. */
  readonly isEnd: boolean;
}

export type LogRead =
  | LogPage
  /** There is no such log: not yet, or not any more. */
  | { readonly kind: 'missing' }
  /** The log may be there, but this service is not allowed to read it. */
  | { readonly kind: 'out-of-reach' }
  /** The place is none of this log, or too old. */
  | { readonly kind: 'unknown-place' };

/** Reads what attempts have written. */
export interface AttemptLogs {
  /** A page of 1..1000 lines, from a place that an earlier page told, or from the beginning. */
  read(
    log: AttemptLog,
    page: { readonly from?: string | undefined; readonly limit: number },
  ): Promise<LogRead>;
}
