import type { AttemptLog } from '../jobs/model/job.ts';

/** A line in the log of an attempt. */
export interface LogLine {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly message: string;
}

/** Consecutive lines of a log, oldest first. */
export interface LogPage {
  readonly kind: 'page';
  /** At most `limit` lines; may be fewer, or none, before the end. */
  readonly lines: readonly LogLine[];
  /** Position of the next page; valid for a day at least. */
  readonly next: string;
  /** True if there are no lines after this page at present. */
  readonly isEnd: boolean;
}

export type LogRead =
  | LogPage
  /** The log does not exist, not yet or not any more. */
  | { readonly kind: 'missing' }
  /** The log may exist, but Errand has no permission to read it. */
  | { readonly kind: 'out-of-reach' }
  /** The position does not belong to this log, or is too old. */
  | { readonly kind: 'unknown-position' };

/** Reads the logs of attempts. */
export interface AttemptLogs {
  /** A page of 1..1000 lines, from the `next` position of an earlier page, or from the start. */
  read(
    log: AttemptLog,
    page: { readonly from?: string | undefined; readonly limit: number },
  ): Promise<LogRead>;
}
