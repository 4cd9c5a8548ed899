import { stateTable } from '../../contract/job-state.ts';
import { jobUrn } from '../../contract/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { JobLink, JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Settings } from '../../ports/settings.ts';
import { asError } from '../../std/as-error.ts';
import { inParallel } from '../../std/in-parallel.ts';
import type { Job } from '../model/job.ts';
import { updateJob } from '../records/update-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import { decideAbort } from './abort-job.ts';
import { registerDependency, registerWithParent } from './attach-job.ts';
import { dependencyReason } from './decide-waiting.ts';
import { type Dependency, openOf } from './read-dependencies.ts';
import { wakeJob } from './wake-job.ts';

export interface InsertRelatedDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace' | 'insert'>;
  readonly links: Pick<JobLinks, 'add' | 'giveUp'>;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly random: Pick<Random, 'secret'>;
  readonly log: Log;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

const parallel = 10;

/**
 * Stores a job that has a parent or dependencies, and starts it if it need not wait. The process may die
 * after each step. First the links are written, so that a search for this job does not miss it. Then the job
 * is registered with its parent and its dependencies; if they refuse, because they were aborted or deleted,
 * the links are given up. Then the job is stored. Finally the parent and the dependencies are checked again
 * for changes in between, as the reconciler does too. Undefined if a job with this id exists or was deleted.
 * Throws `unknown-job` and `parent-ended`.
 */
export async function insertRelated(deps: InsertRelatedDeps, job: Job): Promise<Job | undefined> {
  const first = initialState(job, openOf(await linkAndRegister(deps, job)));
  if ((await deps.jobs.insert(first)) === 'exists') return undefined;
  return startInserted(deps, first).catch((error: unknown) => {
    deps.log.warn('related-start-failed', {
      jobId: job.id,
      error: asError(error),
    });
    return first;
  });
}

/**
 * Writes the links of a new job and registers it with its parent and its dependencies; returns the
 * dependencies.
 */
async function linkAndRegister(deps: InsertRelatedDeps, job: Job): Promise<readonly Dependency[]> {
  const { tenant, parentId, dependsOn = [] } = job;
  const tryId = deps.random.secret();
  const ownLinks: JobLink[] = [];
  try {
    await inParallel(linksOf(job, deps.clock.now()), parallel, async (link) => {
      if ((await deps.links.add(link, tryId)) === 'first') ownLinks.push(link);
    });
    if (parentId !== undefined) await registerWithParent(deps, { tenant, jobId: parentId });
    const dependencies: Dependency[] = [];
    for (const [index, jobId] of dependsOn.entries()) {
      dependencies.push(await registerDependency(deps, { tenant, jobId }, index));
    }
    return dependencies;
  } catch (error) {
    await giveUp(deps, ownLinks, tryId);
    throw error;
  }
}

/**
 * A link that is not given up blocks the deletion of the other job until its own job can no longer be
 * created.
 */
async function giveUp(deps: InsertRelatedDeps, ownLinks: readonly JobLink[], tryId: string): Promise<void> {
  await inParallel(ownLinks, parallel, (link) =>
    deps.links.giveUp(link, tryId).catch((error: unknown) =>
      deps.log.warn('give-up-failed', {
        jobId: link.jobId,
        error: asError(error),
      }),
    ),
  );
}

function linksOf({ tenant, id: jobId, parentId, dependsOn = [] }: Job, madeAt: number): readonly JobLink[] {
  const dependencies = dependsOn.map((anchorId) => ({
    tenant,
    kind: 'dependent' as const,
    anchorId,
    jobId,
    madeAt,
  }));
  return parentId === undefined
    ? dependencies
    : [{ tenant, kind: 'child', anchorId: parentId, jobId, madeAt }, ...dependencies];
}

/** A job without open dependencies starts as pending. A draft starts to wait when it is started. */
function initialState(job: Job, open: readonly string[]): Job {
  if (job.status !== 'waiting') return job;
  if (open.length > 0) return { ...job, waitingReason: dependencyReason(open) };
  return {
    ...job,
    status: 'pending',
    transitions: job.transitions.map((transition) => ({ ...transition, status: 'pending' })),
  };
}

/** An abort of the parent, or the end of a dependency, may have been processed before this job was stored. */
async function startInserted(deps: InsertRelatedDeps, job: Job): Promise<Job> {
  if (await isParentStopped(deps, job)) return abortUnstarted(deps, job);
  const key = { tenant: job.tenant, jobId: job.id };
  if (job.status === 'waiting') return (await wakeJob(deps, key)) ?? job;
  if (job.status === 'pending') await startAttempt(deps, job);
  return job;
}

async function isParentStopped({ jobs }: InsertRelatedDeps, { tenant, parentId }: Job): Promise<boolean> {
  if (parentId === undefined) return false;
  const parent = await jobs.get({ tenant, jobId: parentId });
  return parent === undefined || parent.status === 'aborting' || parent.status === 'aborted';
}

/** A job that the reconciler has started meanwhile is left to it: it finds the sub-jobs of the parent too. */
function abortUnstarted(deps: InsertRelatedDeps, job: Job): Promise<Job> {
  const by = jobUrn(job.parentId ?? '');
  return updateJob(deps.jobs, { tenant: job.tenant, jobId: job.id, known: job }, (found = job) => {
    if (stateTable[found.status].abort !== 'immediate') return { result: found };
    const { next, result } = decideAbort(found, { by, now: deps.clock.now(), mode: 'fence' });
    return next === undefined ? { result: found } : { next, result: result.job };
  });
}
