import { actionsOf } from '../../contract/job-actions.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { missingJob } from '../records/missing-job.ts';
import { type JobExpectation, refuseUnexpected } from '../records/refuse-unexpected.ts';
import { planRemoval, type RemovalPlan } from './plan-removal.ts';
import type { Blocked, RemovalDeps } from './removal.ts';
import { removeTree } from './remove-tree.ts';

export interface DeleteJobInput {
  readonly key: JobKey;
  readonly by: string;
  /** Whether its sub-jobs are deleted too, and theirs; otherwise they stand in the way. */
  readonly withChildren: boolean;
  /** Only tells what would be deleted. */
  readonly dryRun: boolean;
  readonly isExpected: JobExpectation;
}

export type DeleteAnswer =
  | { readonly kind: 'deleted' }
  /** The sweep goes on with it. */
  | { readonly kind: 'deleting'; readonly job: Job }
  | { readonly kind: 'plan'; readonly plan: RemovalPlan };

/** How much of the call goes to looking for what stands in the way, and how much to the deletion itself. */
const [planMilliseconds, roundMilliseconds] = [5000, 5000];

/**
 * Deletes a job that does not run, and with `withChildren` all that is below it. What is left after five seconds is the
 * sweep's. A refusal leaves everything as it was, and a deletion that was accepted is never given up: one that is asked for
 * again is answered alike. Throws `not-found`, `job-deleted`, `precondition-failed`, `job-running` and `job-has-dependents`.
 */
export async function deleteJob(deps: RemovalDeps, input: DeleteJobInput): Promise<DeleteAnswer> {
  const { key, by, withChildren } = input;
  const job = await deps.jobs.get(key);
  if (job === undefined) throw await missingJob(deps.jobs, key);
  const check = (found: Job) => refuseUnexpected(input.isExpected, found);
  check(job);
  const planUntil = deps.clock.now() + planMilliseconds;
  if (input.dryRun || isUnmarked(job)) {
    const plan = await planRemoval(deps, job, { withChildren, deadline: planUntil });
    // What was planned may be over by now: the deletion may have been accepted for somebody else, or be done.
    if ('blocked' in plan && (input.dryRun || isUnmarked(await deps.jobs.get(key)))) throw refusal(job, plan);
    if (input.dryRun && !('blocked' in plan)) return { kind: 'plan', plan };
  }
  const deadline = deps.clock.now() + roundMilliseconds;
  const removal = await removeTree(deps, key, { by, withChildren, planUntil, deadline, check });
  if (removal === 'removed') return { kind: 'deleted' };
  if (removal !== 'open') throw refusal(job, removal);
  const left = await deps.jobs.get(key);
  return left === undefined ? { kind: 'deleted' } : { kind: 'deleting', job: left };
}

/** Whoever finds the mark of a deletion has a part in what becomes of it; without one nobody has begun it. */
function isUnmarked(job: Job | undefined): boolean {
  return job !== undefined && job.cascade?.kind !== 'delete';
}

function refusal(job: Job, { blocked, jobIds }: Blocked): ProblemError {
  const listed = [...jobIds];
  if (blocked === 'running') {
    const others = jobIds.some((id) => id !== job.id);
    const detail = others
      ? 'Some of the jobs to delete have not ended'
      : `The job is ${job.status}${job.cascade === undefined ? '' : ', and its sub-jobs are still being aborted'}`;
    return new ProblemError('job-running', detail, { jobIds: listed, actions: actionsOf(job.status) });
  }
  const detail =
    blocked === 'children'
      ? 'The job has sub-jobs: delete them first, or with cascade=children'
      : 'Other jobs wait for one that would be deleted';
  return new ProblemError('job-has-dependents', detail, { jobIds: listed });
}
