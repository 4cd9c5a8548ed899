import { stateTable } from '../../contract/job-state.ts';
import { jobUrn } from '../../contract/names.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { JobLink, JobLinks, LinkKind } from '../../ports/job-links.ts';
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
import { type Dependency, unfinishedIds } from './read-dependencies.ts';
import { wakeJob } from './wake-job.ts';

export interface InsertRelatedDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace' | 'insert'>;
  readonly links: Pick<JobLinks, 'add' | 'abandon'>;
  readonly executions: ExecutionStarter;
  readonly clock: Clock;
  readonly random: Pick<Random, 'secret'>;
  readonly log: Log;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

const parallel = 10;

/** What a new job needs in addition to its parent and its dependencies. */
export interface Attachment {
  /** Written together with the links of the relations. */
  readonly links: readonly JobLink[];
  /** Runs after the links were written; throws if the job must not be created. */
  readonly confirm: () => Promise<void>;
}

const noAttachment: Attachment = { links: [], confirm: async () => {} };

/**
 * Stores a job that has a parent, dependencies or other links, such as a rerun, and starts it if it need not wait. Undefined if a job with
 * this ID exists or was deleted. Throws `unknown-job`, `parent-ended` and the errors of `confirm`. The process may die after each
 * step:
 *
 * 1. The links are written, so that a search for the job does not miss it.
 * 2. The job is registered with its parent and its dependencies, and its attachment is confirmed. If one of these steps fails, for
 *    example because the parent was aborted, the links are abandoned.
 * 3. The job is stored.
 * 4. The parent and the dependencies are checked for changes since step 2, as the reconciler does too.
 */
export async function insertRelated(
  deps: InsertRelatedDeps,
  job: Job,
  attachment = noAttachment,
): Promise<Job | undefined> {
  const first = initialState(job, unfinishedIds(await linkAndRegister(deps, job, attachment)));
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
async function linkAndRegister(
  deps: InsertRelatedDeps,
  job: Job,
  attachment: Attachment,
): Promise<readonly Dependency[]> {
  const { tenant, parentId, dependsOn = [] } = job;
  const tryId = deps.random.secret();
  const ownLinks: JobLink[] = [];
  try {
    const links = [...linksOf(job, deps.clock.now()), ...attachment.links];
    await inParallel(links, parallel, async (link) => {
      if ((await deps.links.add(link, tryId)) === 'first') ownLinks.push(link);
    });
    if (parentId !== undefined) await registerWithParent(deps, { tenant, jobId: parentId });
    const dependencies: Dependency[] = [];
    for (const [index, jobId] of dependsOn.entries()) {
      dependencies.push(await registerDependency(deps, { tenant, jobId }, index));
    }
    await attachment.confirm();
    return dependencies;
  } catch (error) {
    await abandonLinks(deps, ownLinks, tryId);
    throw error;
  }
}

/**
 * Abandons the links of a job that was not created. A link that is not abandoned blocks the deletion of the
 * other job until its own job can no longer be created.
 */
async function abandonLinks(
  deps: InsertRelatedDeps,
  ownLinks: readonly JobLink[],
  tryId: string,
): Promise<void> {
  await inParallel(ownLinks, parallel, (link) =>
    deps.links.abandon(link, tryId).catch((error: unknown) =>
      deps.log.warn('abandon-link-failed', {
        jobId: link.jobId,
        error: asError(error),
      }),
    ),
  );
}

function linksOf({ tenant, id: jobId, ...relations }: Job, madeAt: number): readonly JobLink[] {
  const { parentId, dependsOn = [], rerunOf } = relations;
  const link = (kind: LinkKind, anchorId: string) => ({ tenant, kind, anchorId, jobId, madeAt });
  return [
    ...(parentId === undefined ? [] : [link('child', parentId)]),
    ...dependsOn.map((id) => link('dependent', id)),
    ...(rerunOf === undefined ? [] : [link('rerun', rerunOf)]),
  ];
}

/** A job without unfinished dependencies starts as pending. A draft starts to wait when it is started. */
function initialState(job: Job, unfinished: readonly string[]): Job {
  if (job.status !== 'waiting') return job;
  if (unfinished.length > 0) return { ...job, waitingReason: dependencyReason(unfinished) };
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

/**
 * Aborts the job unless the reconciler has started it meanwhile. The reconciler then also aborts it, with the
 * other sub-jobs of the parent.
 */
function abortUnstarted(deps: InsertRelatedDeps, job: Job): Promise<Job> {
  const by = jobUrn(job.parentId ?? '');
  return updateJob(deps.jobs, { tenant: job.tenant, jobId: job.id, current: job }, (current = job) => {
    if (stateTable[current.status].abort !== 'immediate') return { result: current };
    const { next, result } = decideAbort(current, { by, now: deps.clock.now(), mode: 'fence' });
    return next === undefined ? { result: current } : { next, result: result.job };
  });
}
