import { isDeepStrictEqual } from 'node:util';
import { isAllowedTransition, isTerminal, isUnstarted, type JobStatus } from '../../contract/job-state.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Cascade, Claim, EndedClaim, Job } from './job.ts';

/** Thrown when code requests a transition that the state table does not allow: always a bug in Errand. */
export class IllegalTransitionError extends Error {
  override readonly name = 'IllegalTransitionError';
}

type Change = Partial<
  Omit<Job, 'status' | 'transitions' | 'version' | 'tenant' | 'id' | 'nextCheckAt' | 'claim'>
>;

/** Returns the job after one more write, in the same state. `updatedAt` never decreases, although clocks differ. */
export function withWrite(job: Job, now: number, change: Partial<Job>): Job {
  return { ...job, ...change, updatedAt: Math.max(now, job.updatedAt), version: job.version + 1 };
}

/**
 * Returns the job after a transition: a new sequence number, and in a terminal state no data of a running
 * job.
 */
export function transitionJob(
  job: Job,
  status: JobStatus,
  transition: { now: number; change: Change; nextCheckAt?: number },
): Job {
  if (!isAllowedTransition(job.status, status))
    throw new IllegalTransitionError(`${job.id}: ${job.status} cannot become ${status}`);
  if (job.status === 'pending' && status === 'succeeded' && !isReuse({ ...job, ...transition.change }))
    throw new IllegalTransitionError(
      `${job.id}: only a job that reuses a result succeeds without an attempt`,
    );
  // The waiting reason and the number of tries to apply an end belong to the previous state.
  const before = omit(job, ['waitingReason', 'applyEndTries']);
  const { nextCheckAt, claim, nextAttemptAt, draft, ...rest } = { ...before, ...transition.change };
  const at = Math.max(transition.now, job.updatedAt);
  const running = {
    ...omitUndefined({ claim, nextAttemptAt, nextCheckAt: transition.nextCheckAt ?? nextCheckAt }),
  };
  return {
    ...rest,
    ...(isTerminal(status) ? { finishedAt: at } : running),
    ...cascadeOf({ ...rest, status: job.status }, status, at),
    ...(draft !== undefined && isUnstarted(status) ? { draft } : {}),
    // The worker of an aborted attempt learns of the abort from the response to its next call.
    ...(status === 'aborted' && claim !== undefined
      ? { endedClaim: endedClaimOf(rest.endedClaim, claim) }
      : {}),
    status,
    updatedAt: at,
    transitions: [...job.transitions, { status, at, attempt: rest.attempt }],
    version: job.version + 1,
  } as Job; // the spreads of optional members defeat inference; every member is copied or omitted above
}

/** Whether a job has the result of another one, without an attempt of its own. */
function isReuse({ reusedFrom, attempt }: Pick<Job, 'reusedFrom' | 'attempt'>): boolean {
  return reusedFrom !== undefined && attempt === 0;
}

function endedClaimOf(previous: EndedClaim | undefined, { tokenDigest }: Claim): EndedClaim {
  return previous?.tokenDigest === tokenDigest ? previous : { tokenDigest };
}

/** When a job that has ended is checked once more, if it has work left on other jobs. */
const cascadeCheckMs = 10_000;

/**
 * The work on other jobs that remains when a job is aborted, with the time at which the reconciler continues
 * it. It is written together with the transition, so that no abort is stored without it.
 */
function cascadeOf(job: Job, status: JobStatus, at: number): Partial<Job> {
  const isAbortStart = (status === 'aborting' || status === 'aborted') && job.status !== 'aborting';
  const cascade = isAbortStart && job.hasChildren === true ? childrenAbortCascade(job, at) : job.cascade;
  if (cascade === undefined) return {};
  return isTerminal(status) ? { cascade, nextCheckAt: at + cascadeCheckMs } : { cascade };
}

function childrenAbortCascade({ abort, owner }: Job, requestedAt: number): Cascade {
  const reason = abort?.reason;
  return { kind: 'abort-children', by: abort?.by ?? owner, requestedAt, ...omitUndefined({ reason }) };
}

const writeMetadata = ['updatedAt', 'version', 'nextCheckAt'] as const;

/** Returns whether a write would change nothing except `updatedAt`, `version` and `nextCheckAt`. */
export function differsOnlyInWriteMetadata(job: Job, next: Job): boolean {
  return isDeepStrictEqual(omit(job, writeMetadata), omit(next, writeMetadata));
}
