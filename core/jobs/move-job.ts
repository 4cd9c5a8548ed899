import { isTerminal, type JobStatus, mayMove } from '../contract/job-state.ts';
import type { Job } from './job.ts';

/** Thrown when code asks for a move that the state table does not have: always a mistake of ours. */
export class IllegalMoveError extends Error {
  override readonly name = 'IllegalMoveError';
}

type Change = Partial<Omit<Job, 'status' | 'moves' | 'version' | 'tenant' | 'id' | 'dueAt' | 'claim'>>;

/** The job one write later, in the same state. The writers' clocks differ: time never goes back on a job. */
export function touchJob(job: Job, now: number, change: Partial<Job>): Job {
  return { ...job, ...change, updatedAt: Math.max(now, job.updatedAt), version: job.version + 1 };
}

/** The job one move later: the next sequence number, and at an end nothing left that only a running job has. */
export function moveJob(
  job: Job,
  status: JobStatus,
  step: { now: number; change: Change; dueAt?: number },
): Job {
  if (!mayMove(job.status, status))
    throw new IllegalMoveError(`${job.id}: ${job.status} cannot become ${status}`);
  const { dueAt, claim, nextAttemptAt, ...rest } = { ...job, ...step.change };
  const at = Math.max(step.now, job.updatedAt);
  const running = {
    ...(claim === undefined ? {} : { claim }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }),
    ...((step.dueAt ?? dueAt) === undefined ? {} : { dueAt: step.dueAt ?? dueAt }),
  };
  return {
    ...rest,
    ...(isTerminal(status) ? { finishedAt: at } : running),
    status,
    updatedAt: at,
    moves: [...job.moves, { status, at, attempt: rest.attempt }],
    version: job.version + 1,
  } as Job; // the spreads of optional members defeat inference; every member is taken over or left out above
}
