import type { JsonObject } from '../../contract/json.ts';
import type { ProblemSlug } from '../../contract/problems/problem-types.ts';
import type { RerunRequest, Submission } from '../../contract/schemas/submission-schemas.ts';
import type { JobFilter } from '../../jobs/model/job-filter.ts';

/** What an operation does to each job, with everything that the action needs. */
export type JobWork =
  | { readonly action: 'abort'; readonly reason?: string }
  | { readonly action: 'rerun'; readonly changes: RerunRequest }
  | {
      readonly action: 'delete';
      readonly withChildren: boolean;
      readonly withOutputs: boolean;
      readonly withInputs: boolean;
    }
  | { readonly action: 'tag'; readonly addTags: readonly string[]; readonly removeTags: readonly string[] };

/** Creates a job for each element, which completes the template. */
export interface SubmitWork {
  readonly action: 'submit';
  readonly template: Submission;
}

export type OperationWork = JobWork | SubmitWork;

/** `lines`: NDJSON, one JSON value a line. `array`: one JSON array. */
export type ElementFormat = 'lines' | 'array';

/** Where the elements of an array job are. Their content never changes. */
export interface ElementSource {
  readonly format: ElementFormat;
  readonly sizeBytes: number;
  /** The data object that contains the elements; absent if they were part of the request. */
  readonly dataId?: string;
}

/** The jobs of an operation: those that a filter matches, those with the given IDs, or one new job for each element. */
export type Selection =
  | {
      readonly kind: 'filter';
      /** With a `createdBefore` that excludes jobs which are created after the operation. */
      readonly filter: JobFilter;
      /** The filter as it was sent. */
      readonly requested: JsonObject;
    }
  | { readonly kind: 'ids' }
  | { readonly kind: 'elements'; readonly source: ElementSource };

/** Who requested that the operation stops, and when (epoch milliseconds). */
export interface OperationAbort {
  readonly requestedAt: number;
  readonly by: string;
  readonly reason?: string;
}

/** Since when an operation makes no progress because a service is busy or unreachable, and how often it has paused since then. */
export interface Stall {
  readonly since: number;
  readonly pauses: number;
}

/** How far the list of jobs or elements is read. */
export interface Matching {
  /** The position of the next page, of elements in bytes. */
  readonly after?: string;
  /** Number of stored chunks with jobs that were changed since the request, and may be in the list twice. */
  readonly changed?: number;
  /**
   * Present once the list is complete: the chunks of changed jobs from `from` to `to` (exclusive) are being compared with those of the
   * operation, and `scanned` of the latter are done. `to` is absent before the first comparison.
   */
  readonly comparison?: { readonly from: number; readonly to?: number; readonly scanned: number };
}

/** Numbers of jobs or elements. An operation that has succeeded has treated all matched jobs: `matched` is the sum of the others. */
export interface OperationCounts {
  readonly matched: number;
  readonly done: number;
  /** Jobs for which the action is not possible; the reasons are stored. */
  readonly refused: number;
  /** Jobs that could not be treated because of internal errors; these are stored too. */
  readonly failed: number;
}

/**
 * One action on many jobs. It first stores the IDs of all matched jobs in chunks, and then treats the jobs in this order. An array
 * job has elements instead: it first counts them, and then creates the jobs in their order. Times are in epoch milliseconds.
 */
export interface Operation extends OperationCounts {
  readonly id: string;
  readonly tenant: string;
  readonly work: OperationWork;
  readonly selection: Selection;
  /** The principal that requested the operation; the owner of reruns. */
  readonly owner: string;
  readonly traceparent: string;
  readonly status: 'running' | 'succeeded' | 'aborted';
  /** Present while the list of jobs or elements is being read. */
  readonly matching?: Matching;
  /** Number of stored chunks. */
  readonly chunks: number;
  /**
   * The next job to treat: the number of its chunk, and its index in the chunk. Of elements, `offset` is the position in bytes after
   * those that are counted.
   */
  readonly cursor: { readonly chunk: number; readonly offset: number };
  /** The number of the last lease; 0 before the first. Only the process with this lease may write results. */
  readonly lease: number;
  /** Until when the process with the last lease works alone; absent if the process has released its lease. */
  readonly leasedUntil?: number;
  /**
   * The jobs from the cursor to this position may have been treated by a process that was interrupted. They are not counted yet, and
   * are treated again.
   */
  readonly startedJobs: number;
  /**
   * The time in the IDs of the next jobs of an array job. It changes only when all elements that may have a job are counted, so an
   * element always gets the same ID.
   */
  readonly idTime?: number;
  /** Consecutive tries without progress, except for those that found a service busy. */
  readonly tries: number;
  /** Present while no progress is made because a service is busy or unreachable; see `Stall`. */
  readonly stall?: Stall;
  readonly abort?: OperationAbort;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly finishedAt?: number;
  /** When the reconciler queues the operation again. Of an ended operation: its event is not published yet. */
  readonly nextCheckAt?: number;
  /** When the records of the operation expire. */
  readonly expiresAt: number;
  readonly version: number;
}

/** What an operation refused: a job, or an element by its number from 0. */
export type RefusedItem =
  | { readonly jobId: string; readonly index?: never }
  | { readonly index: number; readonly jobId?: never };

/** Why an operation did not treat a job, or did not create one for an element. */
export type Refusal = RefusedItem & {
  readonly problem: { readonly slug: ProblemSlug; readonly detail: string };
};

/** Number of jobs whose outcome is counted. */
export function treatedJobs({ done, refused, failed }: OperationCounts): number {
  return done + refused + failed;
}
