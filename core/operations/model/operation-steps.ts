import { omit } from '../../std/omit.ts';
import { type Matching, type Operation, type OperationCounts, treatedJobs } from './operation.ts';

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

/** What a step of the search for the jobs or elements of an operation has found. */
export interface Matched {
  readonly jobs: number;
  /** Number of stored chunks. */
  readonly chunks: number;
  /** How the search continues; undefined at its end. */
  readonly matching: Matching | undefined;
}

/** The operation after a step of the search for its jobs or elements. */
export function addMatched(operation: Operation, now: number, matched: Matched): Operation {
  const written = write(omit(operation, ['matching', 'stall']), now, {
    chunks: operation.chunks + matched.chunks,
    matched: operation.matched + matched.jobs,
    tries: 0,
    ...leaseUntil(now),
  });
  if (matched.matching !== undefined) return { ...written, matching: matched.matching };
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
  const hasProgress = done + refused + failed > 0;
  const counted = write(hasProgress ? omit(operation, ['stall']) : operation, now, {
    done: operation.done + done,
    refused: operation.refused + refused,
    failed: operation.failed + failed,
    cursor,
    startedJobs: Math.max(operation.startedJobs, treatedJobs(operation) + started),
    ...(hasProgress ? { tries: 0 } : {}),
    ...leaseUntil(now),
  });
  return { ...counted, ...idTimeOf(counted, now) };
}

/** Why a process stops working on an operation: its turn has ended, its last step failed, or it found a service busy. */
export type ReleaseReason = 'turn' | 'failed' | 'busy';

const firstPauseMs = 5000;
const maxPauseMs = 300_000;

/** How long an operation pauses when a process stops working on it: 5 s after the first failure, then longer, up to 5 minutes. */
export function pauseMs({ tries, stall }: Operation, reason: ReleaseReason): number {
  if (reason === 'turn') return 0;
  const pauses = reason === 'busy' ? (stall?.pauses ?? 0) : tries;
  return Math.min(firstPauseMs * 3 ** pauses, maxPauseMs);
}

/** The operation after a process has stopped working on it; the next one starts after `pauseMs`. */
export function releaseLease(operation: Operation, now: number, reason: ReleaseReason): Operation {
  const { tries, stall = { since: now, pauses: 0 } } = operation;
  return write(omit(operation, ['leasedUntil']), now, {
    nextCheckAt: now + pauseMs(operation, reason) + resendAfterMs,
    ...(reason === 'failed' ? { tries: tries + 1 } : {}),
    ...(reason === 'busy' ? { stall: { since: stall.since, pauses: stall.pauses + 1 } } : {}),
  });
}

/** The operation after a step that was given up, so that jobs may have been treated without being counted. */
export function giveUpStep(operation: Operation, now: number): Operation {
  return write(operation, now, { startedJobs: mayBeStarted(operation) });
}

/** For how long no progress has been made because a service is busy, in milliseconds. */
export function stalledMs({ stall }: Operation, now: number): number {
  return stall === undefined ? 0 : now - stall.since;
}

/** The operation after its end. Its event is published next. */
export function endOperation(operation: Operation, status: 'succeeded' | 'aborted', now: number): Operation {
  const ended = write(omit(operation, ['leasedUntil', 'matching', 'stall']), now, {
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
