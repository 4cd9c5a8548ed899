import { actionsOf } from '../../contract/job-actions.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { Job } from '../model/job.ts';
import { missingJob } from '../records/missing-job.ts';
import { type JobPrecondition, requirePrecondition } from '../records/require-precondition.ts';
import { deleteTree } from './delete-tree.ts';
import type { Blocked, DeletionDeps, DeletionScope } from './deletion.ts';
import { type DeletionPlan, planDeletion } from './plan-deletion.ts';

export interface DeleteJobInput extends DeletionScope {
  readonly key: JobKey;
  readonly by: string;
  /** Only return the plan of the deletion. */
  readonly dryRun: boolean;
  readonly meetsPrecondition: JobPrecondition;
}

export type DeleteResult =
  | { readonly kind: 'deleted' }
  /** The reconciler continues the deletion. */
  | { readonly kind: 'deleting'; readonly job: Job }
  | { readonly kind: 'plan'; readonly plan: DeletionPlan };

/** The time budget of the call for the search for obstacles. */
const planBudgetMs = 5000;
/** The time budget of the call for the deletion. */
const deletionBudgetMs = 5000;

/**
 * Deletes a job that does not run, and on request all of its descendants and the data objects that they wrote or use. The
 * reconciler deletes what is left after five seconds. A deletion that is blocked changes nothing, and an accepted deletion is
 * never cancelled; a repeated request gets the same result. Throws `not-found`, `job-deleted`,
 * `precondition-failed`, `job-running` and `job-has-dependents`.
 */
export async function deleteJob(deps: DeletionDeps, input: DeleteJobInput): Promise<DeleteResult> {
  const { key, by, withChildren, withOutputs = false, withInputs = false } = input;
  const scope = { withChildren, withOutputs, withInputs };
  const job = await deps.jobs.get(key);
  if (job === undefined) throw await missingJob(deps.jobs, key);
  const check = (current: Job) => requirePrecondition(input.meetsPrecondition, current);
  check(job);
  const planUntil = deps.clock.now() + planBudgetMs;
  if (input.dryRun || isUnmarked(job)) {
    const plan = await planDeletion(deps, job, { ...scope, budgetEndsAt: planUntil });
    // The plan may be outdated: another caller's deletion may have been accepted or completed meanwhile.
    if ('blocked' in plan && (input.dryRun || isUnmarked(await deps.jobs.get(key)))) throw refusal(job, plan);
    if (input.dryRun && !('blocked' in plan)) return { kind: 'plan', plan };
  }
  const budgetEndsAt = deps.clock.now() + deletionBudgetMs;
  const deletion = await deleteTree(deps, key, { by, ...scope, planUntil, budgetEndsAt, check });
  if (deletion === 'deleted') return { kind: 'deleted' };
  if (deletion !== 'open') throw refusal(job, deletion);
  const left = await deps.jobs.get(key);
  return left === undefined ? { kind: 'deleted' } : { kind: 'deleting', job: left };
}

/** Returns whether no deletion of the job is in progress. A caller that finds a mark shares its outcome. */
function isUnmarked(job: Job | undefined): boolean {
  return job !== undefined && job.cascade?.kind !== 'delete';
}

function refusal(job: Job, { blocked, jobIds, dataIds = [] }: Blocked): ProblemError {
  const listed = [...jobIds];
  if (blocked === 'running') {
    const others = jobIds.some((id) => id !== job.id);
    const detail = others
      ? 'Some of the jobs to delete have not ended'
      : `The job is ${job.status}${job.cascade === undefined ? '' : ', and its sub-jobs are still being aborted'}`;
    return new ProblemError('job-running', detail, { jobIds: listed, actions: actionsOf(job.status) });
  }
  if (blocked === 'outputs') {
    const detail = jobIds.includes(job.id)
      ? 'The job has outputs: delete these data objects first, or delete all with cascade=outputs'
      : 'A job that would be deleted has outputs: delete these data objects first, or delete all with cascade=outputs';
    return new ProblemError('job-has-dependents', detail, { jobIds: listed, dataIds: [...dataIds] });
  }
  if (blocked === 'users')
    return new ProblemError('job-has-dependents', 'Other jobs use outputs that would be deleted', {
      jobIds: listed,
      dataIds: [...dataIds],
    });
  const details = {
    children: 'The job has sub-jobs: delete them first, or delete all with cascade=children',
    dependents: 'Other jobs are waiting for a job that would be deleted',
    reuses: 'Other jobs reuse the result of a job that would be deleted: delete them first',
  } as const;
  const detail = details[blocked];
  return new ProblemError('job-has-dependents', detail, { jobIds: listed });
}
