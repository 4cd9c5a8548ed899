import { actionsOf } from '../../contract/job-actions.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { checkPrecondition, type JobExpectation } from '../records/check-precondition.ts';
import { missingJob } from '../records/missing-job.ts';
import { planRemoval, type RemovalPlan } from './plan-removal.ts';
import type { Blocked, RemovalDeps } from './removal.ts';
import { removeTree } from './remove-tree.ts';

export interface DeleteJobInput {
  readonly key: JobKey;
  readonly by: string;
  /** Whether all descendants are deleted too; otherwise sub-jobs block the deletion. */
  readonly withChildren: boolean;
  /** Only return the plan of the deletion. */
  readonly dryRun: boolean;
  readonly isExpected: JobExpectation;
}

export type DeleteResult =
  | { readonly kind: 'deleted' }
  /** The reconciler continues the deletion. */
  | { readonly kind: 'deleting'; readonly job: Job }
  | { readonly kind: 'plan'; readonly plan: RemovalPlan };

/** How much time the call spends on the search for obstacles, and how much on the deletion. */
const planMs = 5000;
const roundMs = 5000;

/**
 * Deletes a job that does not run, and with `withChildren` all of its descendants. The reconciler deletes
 * what is left after five seconds. A refusal changes nothing, and an accepted deletion is never cancelled; a
 * repeated request gets the same result. Throws `not-found`, `job-deleted`, `precondition-failed`,
 * `job-running` and `job-has-dependents`.
 */
export async function deleteJob(deps: RemovalDeps, input: DeleteJobInput): Promise<DeleteResult> {
  const { key, by, withChildren } = input;
  const job = await deps.jobs.get(key);
  if (job === undefined) throw await missingJob(deps.jobs, key);
  const check = (found: Job) => checkPrecondition(input.isExpected, found);
  check(job);
  const planUntil = deps.clock.now() + planMs;
  if (input.dryRun || isUnmarked(job)) {
    const plan = await planRemoval(deps, job, { withChildren, budgetEndsAt: planUntil });
    // The plan may be outdated: another caller's deletion may have been accepted or completed meanwhile.
    if ('blocked' in plan && (input.dryRun || isUnmarked(await deps.jobs.get(key)))) throw refusal(job, plan);
    if (input.dryRun && !('blocked' in plan)) return { kind: 'plan', plan };
  }
  const budgetEndsAt = deps.clock.now() + roundMs;
  const removal = await removeTree(deps, key, {
    by,
    withChildren,
    planUntil,
    budgetEndsAt: budgetEndsAt,
    check,
  });
  if (removal === 'removed') return { kind: 'deleted' };
  if (removal !== 'open') throw refusal(job, removal);
  const left = await deps.jobs.get(key);
  return left === undefined ? { kind: 'deleted' } : { kind: 'deleting', job: left };
}

/** Returns whether no deletion of the job is in progress. A caller that finds a mark shares its outcome. */
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
      ? 'The job has sub-jobs: delete them first, or delete all with cascade=children'
      : 'Other jobs are waiting for a job that would be deleted';
  return new ProblemError('job-has-dependents', detail, { jobIds: listed });
}
