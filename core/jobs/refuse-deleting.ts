import { actionsOf } from '../contract/job-actions.ts';
import { ProblemError } from '../contract/problem-error.ts';
import type { Job, StoredJson } from './job.ts';

/**
 * Refuses what would make something of a draft that is being deleted: its parameters may be gone already, so it could
 * never be run. Throws `illegal-transition`.
 */
export function refuseDeleting(job: Job): void {
  if (job.cascade?.kind !== 'delete') return;
  throw new ProblemError('illegal-transition', 'The job is being deleted', {
    actions: actionsOf(job.status),
  });
}

/** Whether what a job keeps in the object store may be gone, because the job is being deleted. */
export function mayBeGone(job: Job, stored: StoredJson): boolean {
  return job.cascade?.kind === 'delete' && stored.kind === 'object';
}

/** Throws `job-deleted` for what may be gone already. */
export function refuseGone(job: Job, stored: StoredJson): void {
  if (mayBeGone(job, stored)) refuseDeleted(job);
}

/** Throws `job-deleted` for a job that is being deleted. */
export function refuseDeleted({ id, cascade }: Job): void {
  if (cascade?.kind !== 'delete') return;
  const deletedAt = new Date(cascade.requestedAt).toISOString();
  throw new ProblemError('job-deleted', `The job ${id} is being deleted`, { deletedAt, by: cascade.by });
}
