import { omit } from '../../std/omit.ts';
import { type Operation, type OperationCounts, treatedJobs } from './operation.ts';

/** How long a process works alone on an operation after each of its writes, in milliseconds. */
const leaseMs = 30_000;

/** How long after the message of an operation the reconciler sends it again, in milliseconds. */
export const resendAfterMs = 60_000;

/** Number of jobs that are treated together. */
export const sliceJobs = 50;

/** Whether a process may be working on the operation. */
export function isLeased({ leasedUntil }: Operation, now: number): boolean {
  return leasedUntil !== undefined && leasedUntil > now;
}

/** Whether some jobs may have been treated without being counted. */
export function hasUncountedJobs(operation: Operation): boolean {
  return operation.startedJobs > treatedJobs(operation);
}

/**
 * The operation after a process has started to work on it. If the previous process did not release its lease, it was interrupted:
 * the jobs that it may have treated are treated again.
 */
export function takeLease(operation: Operation, now: number): Operation {
  const { lease, leasedUntil, tries } = operation;
  const leased = write(operation, now, { lease: lease + 1, ...leaseUntil(now) });
  if (leasedUntil === undefined) return { ...leased, ...idTimeOf(leased, now) };
  return { ...leased, tries: tries + 1, startedJobs: mayBeStarted(operation) };
}

/** The position up to which an interrupted process may have treated jobs. */
function mayBeStarted(operation: Operation): number {
  const { startedJobs, matching, matched } = operation;
  if (matching !== undefined) return startedJobs;
  return Math.max(startedJobs, Math.min(treatedJobs(operation) + sliceJobs, matched));
}

/**
 * The time in the IDs of the next jobs of an array job: later than the previous one, but unchanged as long as some elements may have a
 * job that is not counted. Its jobs would be created again with other IDs.
 */
function idTimeOf(operation: Operation, now: number): Pick<Operation, 'idTime'> {
  const { work, idTime = 0 } = operation;
  if (work.action !== 'submit' || hasUncountedJobs(operation)) return {};
  return { idTime: Math.max(now, idTime + 1) };
}

/** The operation after one more page of the list of jobs; without `next`, the list is complete. */
export function addMatched(
  operation: Operation,
  now: number,
  page: { readonly jobs: number; readonly next: string | undefined },
): Operation {
  const hasChunk = page.jobs > 0 && operation.selection.kind !== 'elements';
  const written = write(omit(operation, ['matching']), now, {
    chunks: operation.chunks + (hasChunk ? 1 : 0),
    matched: operation.matched + page.jobs,
    tries: 0,
    ...leaseUntil(now),
  });
  if (page.next !== undefined) return { ...written, matching: { after: page.next } };
  return { ...written, ...idTimeOf(written, now) };
}

/** The outcomes of the jobs that were treated together. */
export interface SliceOutcome extends Omit<OperationCounts, 'matched'> {
  readonly cursor: Operation['cursor'];
  /** Number of jobs that were treated, including those that are not counted. */
  readonly started: number;
}

/** The operation after some of its jobs were treated. */
export function addOutcomes(operation: Operation, now: number, outcome: SliceOutcome): Operation {
  const { done, refused, failed, cursor, started } = outcome;
  const counted = write(operation, now, {
    done: operation.done + done,
    refused: operation.refused + refused,
    failed: operation.failed + failed,
    cursor,
    startedJobs: Math.max(operation.startedJobs, treatedJobs(operation) + started),
    ...(done + refused + failed > 0 ? { tries: 0 } : {}),
    ...leaseUntil(now),
  });
  return { ...counted, ...idTimeOf(counted, now) };
}

/** The operation after a process has stopped working on it; the next one starts after the delay. */
export function releaseLease(
  operation: Operation,
  now: number,
  { delayMs, hasFailed }: { readonly delayMs: number; readonly hasFailed: boolean },
): Operation {
  return write(omit(operation, ['leasedUntil']), now, {
    nextCheckAt: now + delayMs + resendAfterMs,
    tries: operation.tries + (hasFailed ? 1 : 0),
  });
}

/** The operation after its end. Its event is published next. */
export function endOperation(operation: Operation, status: 'succeeded' | 'aborted', now: number): Operation {
  const ended = write(omit(operation, ['leasedUntil', 'matching']), now, {
    status,
    nextCheckAt: now + resendAfterMs,
  });
  return { ...ended, finishedAt: ended.updatedAt };
}

/** The ended operation after its event was published: to callers it is the same version. */
export function withPublishedEvent(operation: Operation): Operation {
  return omit(operation, ['nextCheckAt']);
}

/** The operation after its message was sent again. */
export function postponeResend(operation: Operation, now: number): Operation {
  return write(operation, now, { nextCheckAt: now + resendAfterMs });
}

/** The running operation after a request to stop it. */
export function requestAbort(
  operation: Operation,
  now: number,
  { by, reason }: { readonly by: string; readonly reason: string | undefined },
): Operation {
  const abort = { requestedAt: now, by, ...(reason === undefined ? {} : { reason }) };
  return write(operation, now, { abort });
}

function leaseUntil(now: number): Pick<Operation, 'leasedUntil' | 'nextCheckAt'> {
  return { leasedUntil: now + leaseMs, nextCheckAt: now + leaseMs };
}

/** `updatedAt` never decreases, although clocks differ. */
function write(operation: Operation, now: number, change: Partial<Operation>): Operation {
  return {
    ...operation,
    ...change,
    updatedAt: Math.max(now, operation.updatedAt),
    version: operation.version + 1,
  };
}
