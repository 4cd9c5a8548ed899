import { isTerminal } from '../../contract/job-state.ts';
import { ProblemError, violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import type { Dependency } from './read-dependencies.ts';

/** The relations of a new job. */
export type Relations = Pick<Job, 'tenant' | 'parentId' | 'dependsOn'>;

const parallel = 10;

/**
 * Checks that the parent accepts sub-jobs and that all dependencies exist; changes nothing. Throws
 * `unknown-job` with all errors, and `parent-ended`.
 */
export async function checkRelations(jobs: Pick<JobStore, 'get'>, relations: Relations): Promise<void> {
  const { tenant, parentId, dependsOn = [] } = relations;
  const ids = parentId === undefined ? dependsOn : [...dependsOn, parentId];
  const found = await inParallel(ids, parallel, (jobId) => jobs.get({ tenant, jobId }));
  const missing = found.flatMap((job, index) => (exists(job) ? [] : [violationOf(relations, index)]));
  if (missing.length > 0) throw violationsError('unknown-job', missing);
  const parent = parentId === undefined ? undefined : found.at(-1);
  if (parent !== undefined) requireUnendedParent(parent);
}

/**
 * Registers a sub-job with its parent: from then on, abort and deletion of the parent search for sub-jobs.
 * Throws `unknown-job` and `parent-ended`.
 */
export async function registerWithParent(
  deps: { readonly jobs: Pick<JobStore, 'get' | 'replace'>; readonly clock: Clock },
  { tenant, jobId }: JobKey,
): Promise<void> {
  await updateJob(deps.jobs, { tenant, jobId }, (parent) => {
    if (!exists(parent)) throw violationsError('unknown-job', [violationAt('/parentId', jobId)]);
    requireUnendedParent(parent);
    if (parent.hasChildren === true) return { result: undefined };
    return { next: withWrite(parent, deps.clock.now(), { hasChildren: true }), result: undefined };
  });
}

/**
 * Registers a dependent job with its dependency: from then on the end of the dependency wakes its dependents,
 * and its deletion searches for them. Throws `unknown-job`.
 */
export function registerDependency(
  deps: { readonly jobs: Pick<JobStore, 'get' | 'replace'>; readonly clock: Clock },
  { tenant, jobId }: JobKey,
  index: number,
): Promise<Dependency> {
  return updateJob(deps.jobs, { tenant, jobId }, (job) => {
    if (!exists(job)) throw violationsError('unknown-job', [violationAt(`/dependsOn/${index}`, jobId)]);
    const result = { jobId, status: job.status };
    if (job.hasDependents === true) return { result };
    return { next: withWrite(job, deps.clock.now(), { hasDependents: true }), result };
  });
}

/** A job that is being deleted counts as missing. */
function exists(job: Job | undefined): job is Job {
  return job !== undefined && job.cascade?.kind !== 'delete';
}

/** Throws `parent-ended` if the parent accepts no more sub-jobs. */
function requireUnendedParent({ id, status }: Job): void {
  if (!isTerminal(status) && status !== 'aborting') return;
  throw new ProblemError('parent-ended', `The parent job ${id} is ${status} and accepts no more sub-jobs`);
}

function violationOf({ dependsOn = [], parentId = '' }: Relations, index: number): Violation {
  const dependencyId = dependsOn[index];
  return dependencyId === undefined
    ? violationAt('/parentId', parentId)
    : violationAt(`/dependsOn/${index}`, dependencyId);
}

function violationAt(pointer: string, jobId: string): Violation {
  return { pointer, detail: `names the job ${jobId}, which does not exist`, keyword: 'exists' };
}
