import { isDeepStrictEqual } from 'node:util';
import { isAllowedTransition, isStartable, isTerminal, type JobStatus } from '../../contract/job-state.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Cascade, Claim, EndedClaim, Job } from './job.ts';

/** Thrown when code asks for a move that the state table does not have: always a mistake of ours. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalMoveError';
}

type Change = Partial<
  Omit<Job, 'status' | 'transitions' | 'version' | 'tenant' | 'id' | 'nextCheckAt' | 'claim'>
>;

/** The job one write later, in the same state. The writers' clocks differ: time never goes back on a job. */
export function touchJob(job: Job, now: number, change: Partial<Job>): Job {
  return { ...job, ...change, updatedAt: Math.max(now, job.updatedAt), version: job.version + 1 };
}

/** The job one move later: the next sequence number, and at an end nothing left that only a running job has. */
export function transitionJob(
  job: Job,
  status: JobStatus,
  step: { now: number; change: Change; nextCheckAt?: number },
): Job {
  if (!isAllowedTransition(job.status, status))
    throw new IllegalTransitionError(`${job.id}: ${job.status} cannot become ${status}`);
  // What a job waits for, and what was tried to end it, belong to the state that it was in.
  const { waitingReason: _, endTries: __, ...before } = job;
  const { nextCheckAt, claim, nextAttemptAt, draft, ...rest } = { ...before, ...step.change };
  const at = Math.max(step.now, job.updatedAt);
  const running = {
    ...omitUndefined({ claim, nextAttemptAt }),
    ...((step.nextCheckAt ?? nextCheckAt) === undefined
      ? {}
      : { nextCheckAt: step.nextCheckAt ?? nextCheckAt }),
  };
  return {
    ...rest,
    ...(isTerminal(status) ? { finishedAt: at } : running),
    ...cascadeOf({ ...rest, status: job.status }, status, at),
    ...(draft !== undefined && isStartable(status) ? { draft } : {}),
    // The worker of an attempt that was aborted is told so when it asks next.
    ...(status === 'aborted' && claim !== undefined
      ? { endedClaim: endedClaimOf(rest.endedClaim, claim) }
      : {}),
    status,
    updatedAt: at,
    transitions: [...job.transitions, { status, at, attempt: rest.attempt }],
    version: job.version + 1,
  } as Job; // the spreads of optional members defeat inference; every member is taken over or left out above
}

function endedClaimOf(known: EndedClaim | undefined, { tokenDigest }: Claim): EndedClaim {
  return known?.tokenDigest === tokenDigest ? known : { tokenDigest };
}

/** A job that has ended is looked at once more after so long, if there is work left on others. */
const cascadeCheckMs = 10_000;

/**
 * The work on other jobs that is left when a job is aborted, with the time at which the sweep goes on with it. It is
 * written with the move itself, so that no abort is without it.
 */
function cascadeOf(job: Job, status: JobStatus, at: number): Partial<Job> {
  const begins = (status === 'aborting' || status === 'aborted') && job.status !== 'aborting';
  const cascade = begins && job.hasChildren === true ? abortsChildren(job, at) : job.cascade;
  if (cascade === undefined) return {};
  return isTerminal(status) ? { cascade, nextCheckAt: at + cascadeCheckMs } : { cascade };
}

function abortsChildren({ abort, owner }: Job, requestedAt: number): Cascade {
  const reason = abort?.reason === undefined ? {} : { reason: abort.reason };
  return { kind: 'abort-children', by: abort?.by ?? owner, requestedAt, ...reason };
}

/** Whether a write would change nothing of a job but the marks that every write leaves, and when it is looked at. */
export function isSameButForWrite(job: Job, next: Job): boolean {
  const { updatedAt, version, nextCheckAt: _, ...rest } = next;
  const { nextCheckAt: __, ...before } = job;
  return isDeepStrictEqual({ ...before, updatedAt, version }, { ...rest, updatedAt, version });
}
