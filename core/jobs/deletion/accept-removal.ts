import { isTerminal } from '../../contract/job-state.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { draftLifetimeMilliseconds } from '../model/begin-job.ts';
import type { Decision } from '../model/decision.ts';
import type { Cascade, Job } from '../model/job.ts';
import { touchJob } from '../model/transition-job.ts';
import { updateJob } from '../records/update-job.ts';
import { planRemoval, type RemovalPlan } from './plan-removal.ts';
import { type Blocked, isDeletable, type RemovalDeps } from './removal.ts';

/** What is to be deleted, and how far. */
export interface RemovalOrder {
  readonly by: string;
  /** False: a sub-job stands in the way of its parent. */
  readonly withChildren: boolean;
  /** When to stop looking for what stands in the way, in milliseconds since 1970. */
  readonly planUntil: number;
  /** True of the reconciler, which goes on with a mark that it found: once that was taken off, nobody wants the deletion. */
  readonly isContinued?: true;
  /** Whether the record is the one that its caller meant; throws when it is not. */
  readonly check?: (job: Job) => void;
}

/** The job with the mark of its accepted deletion; `gone` when there is no job, or no mark to go on with, any more. */
export type Acceptance = Job | Blocked | 'gone';

/** Milliseconds until the sweep goes on with a deletion that nobody finished. */
const checkMs = 10_000;

const maxTries = 10;

/**
 * Marks a job as about to be deleted, from when on nothing new is related to it, looks once more for what stands in the way,
 * and then accepts the deletion or takes the mark off again. Nothing is deleted before, and an accepted deletion is never
 * given up: of several callers who find the same mark, the one that accepts it decides for all. A caller that dies in between
 * leaves the mark, with which the sweep goes on.
 */
export async function acceptRemoval(
  deps: RemovalDeps,
  key: JobKey,
  order: RemovalOrder,
): Promise<Acceptance> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const marked = await updateJob(deps.jobs, key, (job) => mark(job, order, deps.clock.now()));
    if (marked === 'gone' || 'blocked' in marked || marked.cascade?.accepted === true) return marked;
    const withChildren = marked.cascade?.withChildren === true;
    const plan = await planRemoval(deps, marked, { withChildren, deadline: order.planUntil });
    const decided = await updateJob(deps.jobs, key, (job) => decide(job, plan, deps.clock.now()));
    if (decided !== 'changed') return decided;
  }
  throw new ProblemError('unavailable', `The job ${key.jobId} is being changed by others; try again`);
}

/** Accepts the deletion of a sub-job with that of its parent: undefined while it has to end first. */
export function acceptWithParent(
  deps: RemovalDeps,
  key: JobKey,
  by: string,
): Promise<Job | 'gone' | undefined> {
  return updateJob(deps.jobs, key, (job): Decision<Job | 'gone' | undefined> => {
    if (job === undefined) return { answer: 'gone' };
    if (!isDeletable(job)) return { answer: undefined };
    if (job.cascade?.accepted === true && job.cascade.withChildren === true) return { answer: job };
    const now = deps.clock.now();
    const begun = job.cascade ?? { kind: 'delete', by, requestedAt: now };
    return written(job, { ...begun, withChildren: true, accepted: true }, now);
  });
}

function mark(job: Job | undefined, order: RemovalOrder, now: number): Decision<Acceptance> {
  if (job === undefined) return { answer: 'gone' };
  if (order.isContinued === true && job.cascade?.kind !== 'delete') return { answer: 'gone' };
  order.check?.(job);
  if (!isDeletable(job)) return { answer: { blocked: 'running', jobIds: [job.id] } };
  const { cascade: begun } = job;
  // The sweep goes on with the most that was asked for.
  if (begun !== undefined && (begun.withChildren === true || !order.withChildren)) return { answer: job };
  const isAlone = job.hasChildren !== true && job.hasDependents !== true;
  return written(
    job,
    {
      ...(begun ?? { kind: 'delete', by: order.by, requestedAt: now }),
      ...(order.withChildren ? { withChildren: true } : {}),
      ...(isAlone ? { accepted: true } : {}),
    },
    now,
  );
}

function decide(
  job: Job | undefined,
  plan: RemovalPlan | Blocked,
  now: number,
): Decision<Acceptance | 'changed'> {
  if (job === undefined) return { answer: 'gone' };
  const { cascade } = job;
  if (cascade?.kind !== 'delete') return { answer: 'changed' };
  if (cascade.accepted === true) return { answer: job };
  if (!('blocked' in plan)) return written(job, { ...cascade, accepted: true }, now);
  // Somebody has asked for the sub-jobs too since then: they are in nobody's way.
  if (plan.blocked === 'children' && cascade.withChildren === true) return { answer: 'changed' };
  return { next: unmarked(job, now), answer: plan };
}

function written(job: Job, cascade: Cascade, now: number) {
  const next = touchJob(job, now, { cascade, nextCheckAt: now + checkMs });
  return { next, answer: next };
}

/** The job as it was before its mark; a draft is kept as long as after an edit. */
function unmarked({ cascade: _, nextCheckAt, ...rest }: Job, now: number): Job {
  const isDraft = rest.draft !== undefined;
  const due = isDraft
    ? { nextCheckAt: now + draftLifetimeMilliseconds }
    : nextCheckAt === undefined
      ? {}
      : { nextCheckAt };
  return touchJob(rest, now, isTerminal(rest.status) ? {} : due);
}
