import { isTerminal } from '../../contract/job-state.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Decision } from '../model/decision.ts';
import type { Cascade, Job } from '../model/job.ts';
import { draftLifetimeMs } from '../model/job-start.ts';
import { withWrite } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import { mayBeReused } from '../reuse/reusable-job.ts';
import {
  type Blocked,
  type DeletionDeps,
  type DeletionScope,
  isDeletable,
  scopeMembers,
  scopeOf,
} from './deletion.ts';
import { type DeletionPlan, planDeletion } from './plan-deletion.ts';

/** A request to delete a job, with its scope. */
export interface DeletionOrder extends DeletionScope {
  readonly by: string;
  /** When to stop searching for obstacles, in epoch milliseconds. */
  readonly planUntil: number;
  /**
   * True if the reconciler continues a marked deletion: if the mark was removed since, the deletion is no
   * longer requested.
   */
  readonly isContinued?: true;
  /** Throws if the record is not the one that the caller expects. */
  readonly check?: (job: Job) => void;
}

/**
 * The job with the mark of its accepted deletion; `deleted` if the job, or the mark to continue with, no longer
 * exists.
 */
export type Acceptance = Job | Blocked | 'deleted';

/** Milliseconds after which the reconciler continues an unfinished deletion. */
const checkMs = 10_000;

const maxTries = 10;

/**
 * Marks a job for deletion, so that no new relations to it are accepted, searches once more for obstacles,
 * and then accepts the deletion or removes the mark. Nothing is deleted before the acceptance, and an
 * accepted deletion is never cancelled: if several callers find the same mark, the one that accepts it
 * decides for all. If a caller dies in between, the reconciler continues with its mark.
 */
export async function acceptDeletion(
  deps: DeletionDeps,
  key: JobKey,
  order: DeletionOrder,
): Promise<Acceptance> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const marked = await updateJob(deps.jobs, key, (job) => mark(job, order, deps.clock.now()));
    if (marked === 'deleted' || 'blocked' in marked || marked.cascade?.accepted === true) return marked;
    const plan = await planDeletion(deps, marked, { ...scopeOf(marked), budgetEndsAt: order.planUntil });
    const decided = await updateJob(deps.jobs, key, (job) => decideDeletion(job, plan, deps.clock.now()));
    if (decided !== 'changed') return decided;
  }
  throw new ProblemError('unavailable', `The job ${key.jobId} is being changed by others; try again`);
}

/**
 * Accepts the deletion of a sub-job together with its parent; undefined while the sub-job has to end first.
 */
export function acceptWithParent(
  deps: DeletionDeps,
  key: JobKey,
  { by, scope }: { readonly by: string; readonly scope: DeletionScope },
): Promise<Job | 'deleted' | undefined> {
  return updateJob(deps.jobs, key, (job): Decision<Job | 'deleted' | undefined> => {
    if (job === undefined) return { result: 'deleted' };
    if (!isDeletable(job)) return { result: undefined };
    const below = { ...scope, withChildren: true };
    if (job.cascade?.accepted === true && covers(scopeOf(job), below)) return { result: job };
    const now = deps.clock.now();
    const existing = job.cascade ?? { kind: 'delete', by, requestedAt: now };
    return withCascade(job, { ...existing, ...scopeMembers(below), accepted: true }, now);
  });
}

function mark(job: Job | undefined, order: DeletionOrder, now: number): Decision<Acceptance> {
  if (job === undefined) return { result: 'deleted' };
  if (order.isContinued === true && job.cascade?.kind !== 'delete') return { result: 'deleted' };
  order.check?.(job);
  if (!isDeletable(job)) return { result: { blocked: 'running', jobIds: [job.id] } };
  const { cascade: existing } = job;
  // The existing mark stays if it covers the requested scope: the reconciler continues with the widest scope.
  if (existing !== undefined && covers(scopeOf(job), order)) return { result: job };
  const isAlone =
    job.hasChildren !== true && job.hasDependents !== true && job.hasOutputs !== true && !mayBeReused(job);
  return withCascade(
    job,
    {
      ...(existing ?? { kind: 'delete', by: order.by, requestedAt: now }),
      ...scopeMembers(order),
      ...(isAlone ? { accepted: true } : {}),
    },
    now,
  );
}

function decideDeletion(
  job: Job | undefined,
  plan: DeletionPlan | Blocked,
  now: number,
): Decision<Acceptance | 'changed'> {
  if (job === undefined) return { result: 'deleted' };
  const { cascade } = job;
  if (cascade?.kind !== 'delete') return { result: 'changed' };
  if (cascade.accepted === true) return { result: job };
  if (!('blocked' in plan)) return withCascade(job, { ...cascade, accepted: true }, now);
  // Another caller has since requested to delete these too: then they are no obstacle.
  if (plan.blocked === 'children' && cascade.withChildren === true) return { result: 'changed' };
  if (plan.blocked === 'outputs' && cascade.withOutputs === true) return { result: 'changed' };
  return { next: withoutMark(job, now), result: plan };
}

/** Whether a scope includes another one. */
function covers(scope: DeletionScope, other: DeletionScope): boolean {
  const flags = ['withChildren', 'withOutputs', 'withInputs'] as const;
  return flags.every((flag) => scope[flag] === true || other[flag] !== true);
}

function withCascade(job: Job, cascade: Cascade, now: number) {
  const next = withWrite(job, now, { cascade, nextCheckAt: now + checkMs });
  return { next, result: next };
}

/** Removes the mark of a job; a draft is kept as long as after an edit. */
function withoutMark(job: Job, now: number): Job {
  const nextCheckAt = job.draft === undefined ? job.nextCheckAt : now + draftLifetimeMs;
  const unmarked = omit(job, ['cascade', 'nextCheckAt']);
  return withWrite(unmarked, now, isTerminal(job.status) ? {} : omitUndefined({ nextCheckAt }));
}
