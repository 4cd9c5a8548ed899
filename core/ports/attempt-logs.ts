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

/** Which lines to read. */
export interface LogRange {
  /** The `next` position of an earlier page; by default the start. */
  readonly from?: string | undefined;
  /** 1 to 1000. */
  readonly limit: number;
  /** Only lines of this time, and the same for all pages; epoch milliseconds. */
  readonly time?: TimeRange | undefined;
}

/** Epoch milliseconds; the end is not included, and absent for the present. */
export interface TimeRange {
  readonly startAt: number;
  readonly endAt?: number | undefined;
}

/** A search in all streams of a log group. */
export interface LogSearch {
  readonly group: string;
  /** The text that a line must contain, without quotation marks. */
  readonly text: string;
  readonly time: TimeRange;
  /** The `next` position of an earlier search with the same members. */
  readonly from?: string | undefined;
}

export type LogSearchResult =
  | {
      readonly kind: 'found';
      /** The first lines by time; may be none before the end of the search. */
      readonly lines: ReadonlyArray<LogLine & { readonly stream: string }>;
      /** Absent at the end of the search. */
      readonly next?: string | undefined;
    }
  | Exclude<LogRead, LogPage>;

/** Reads the logs of attempts. */
export interface AttemptLogs {
  /** A page of lines of one stream. */
  read(log: AttemptLog, range: LogRange): Promise<LogRead>;
  /** Searches a log group for a text. All callers in an account share a few searches per second. */
  search(search: LogSearch): Promise<LogSearchResult>;
}
