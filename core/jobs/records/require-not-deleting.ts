import { actionsOf } from '../../contract/job-actions.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Job, StoredJson } from '../model/job.ts';

/**
 * Throws `illegal-transition` for a draft that is being deleted: its parameters may already be deleted, so it
 * could not run.
 */
export function requireNotDeleting(job: Job): void {
  if (job.cascade?.kind === 'delete') throw beingDeletedProblem(job);
}

/** The problem of an action on a draft that is being deleted. */
export function beingDeletedProblem({ status }: Job): ProblemError {
  return new ProblemError('illegal-transition', 'The job is being deleted', { actions: actionsOf(status) });
}

/** Returns whether an object of the job may already be deleted, because the job is being deleted. */
export function objectMayBeGone(job: Job, stored: StoredJson): boolean {
  return job.cascade?.kind === 'delete' && stored.kind === 'object';
}

/** Throws `job-deleted` if the object may already be deleted. */
export function requireObject(job: Job, stored: StoredJson): void {
  const { id, cascade } = job;
  if (cascade === undefined || !objectMayBeGone(job, stored)) return;
  const deletedAt = new Date(cascade.requestedAt).toISOString();
  throw new ProblemError('job-deleted', `The job ${id} is being deleted`, { deletedAt, by: cascade.by });
}
