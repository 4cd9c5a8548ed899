import type { JobPage, JobStore } from '../../ports/job-store.ts';
import type { RetentionRound, RetentionStore } from '../../ports/retention-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { asError } from '../../std/as-error.ts';
import { timeInId } from '../../std/id-time.ts';
import { inParallel } from '../../std/in-parallel.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Job } from '../model/job.ts';
import { type DeleteOldJobDeps, deleteOldJob } from './delete-old-job.ts';

export interface DeleteOldJobsDeps extends DeleteOldJobDeps {
  readonly jobs: JobStore;
  readonly retention: RetentionStore;
  readonly settings: Pick<Settings, 'retentionDays'>;
}

export interface DeleteOldJobsInput {
  /** When to leave the rest to the next pass, in epoch milliseconds. */
  readonly budgetEndsAt: number;
}

const dayMs = 86_400_000;
const pageSize = 50;
const parallel = 10;

/**
 * Deletes the jobs of all tenants that ended more than `retentionDays` ago, as a client could: no job that
 * another job waits for, and no job with sub-jobs. One round a day covers all tenants, in as many passes as
 * it takes. Jobs are read from the newest to the oldest, so that sub-jobs are deleted before their parents
 * are read. The next round reads jobs that could not be deleted, and newer ones, again; jobs older than those
 * are not read any more. A retention period of 0 days deletes nothing. Returns the number of deleted jobs.
 */
export async function deleteOldJobs(deps: DeleteOldJobsDeps, input: DeleteOldJobsInput): Promise<number> {
  if (deps.settings.retentionDays === 0) return 0;
  let round = await currentRound(deps);
  if (round.isDone) return 0;
  const tenants = await deps.retention.tenants();
  let deleted = 0;
  while (!round.isDone && deps.clock.now() < input.budgetEndsAt) {
    const step = await runStep(deps, { round, tenants, ...input });
    round = step.round;
    deleted += step.deleted;
    await deps.retention.saveRound(round);
  }
  return deleted;
}

async function currentRound({ retention, clock }: DeleteOldJobsDeps): Promise<RetentionRound> {
  const stored = await retention.round();
  const isOver = stored?.isDone === true && clock.now() - stored.startedAt >= dayMs;
  return stored === undefined || isOver ? { startedAt: clock.now(), isDone: false } : stored;
}

interface Step extends DeleteOldJobsInput {
  readonly round: RetentionRound;
  readonly tenants: readonly string[];
}

interface StepResult {
  readonly round: RetentionRound;
  readonly deleted: number;
}

/** Processes one page of a tenant. A tenant whose jobs cannot be read does not delay the others. */
async function runStep(deps: DeleteOldJobsDeps, step: Step): Promise<StepResult> {
  const { round, tenants } = step;
  const tenant = round.tenant ?? tenants[0];
  if (tenant === undefined) return { round: { ...round, isDone: true }, deleted: 0 };
  try {
    return await runPage(deps, tenant, step);
  } catch (error) {
    deps.log.warn('tenant-retention-failed', { tenant, error: asError(error) });
    return { round: nextTenant(round, tenant, tenants), deleted: 0 };
  }
}

async function runPage(deps: DeleteOldJobsDeps, tenant: string, step: Step): Promise<StepResult> {
  const { round, tenants, budgetEndsAt } = step;
  const before = round.startedAt - deps.settings.retentionDays * dayMs;
  const page = await readPage(deps, tenant, { round, before });
  const kept = await deleteAll(deps, page.jobs, { endedBefore: before, budgetEndsAt });
  const times = [...kept.map(({ id }) => timeInId(id)), round.oldestKept ?? Number.POSITIVE_INFINITY];
  const oldestKept = Math.min(...times);
  const deleted = page.jobs.length - kept.length;
  const keptMember = Number.isFinite(oldestKept) ? { oldestKept } : {};
  if (page.next !== undefined)
    return { round: { ...round, tenant, after: page.next, ...keptMember }, deleted };
  await deps.retention.saveDeletedBefore(tenant, Math.min(oldestKept, before));
  return { round: nextTenant(round, tenant, tenants), deleted };
}

async function readPage(
  { jobs, retention }: DeleteOldJobsDeps,
  tenant: string,
  { round, before }: { readonly round: RetentionRound; readonly before: number },
): Promise<JobPage> {
  const createdAfter = await retention.deletedBefore(tenant);
  if (createdAfter >= before) return { jobs: [] };
  const { after } = round;
  const span = { createdAfter, createdBefore: before, ...omitUndefined({ after }) };
  return jobs.list({ tenant, limit: pageSize, ...span });
}

/**
 * Returns the jobs that are left. Jobs that may have sub-jobs or dependents are deleted after all others, one
 * at a time, the newest first.
 */
async function deleteAll(
  deps: DeleteOldJobsDeps,
  jobs: readonly Job[],
  limits: { readonly endedBefore: number; readonly budgetEndsAt: number },
): Promise<readonly Job[]> {
  const related = jobs.filter(mayHaveRelations);
  const others = jobs.filter((job) => !mayHaveRelations(job));
  const areLeft = await inParallel(others, parallel, (job) => deleteOldJob(deps, job, limits));
  const left = others.filter((_, index) => areLeft[index] === 'kept');
  for (const job of related) if ((await deleteOldJob(deps, job, limits)) === 'kept') left.push(job);
  return left;
}

function mayHaveRelations({ hasChildren, hasDependents }: Job): boolean {
  return hasChildren === true || hasDependents === true;
}

function nextTenant(
  { startedAt }: RetentionRound,
  tenant: string,
  tenants: readonly string[],
): RetentionRound {
  const next = tenants.find((name) => name > tenant);
  return next === undefined ? { startedAt, isDone: true } : { startedAt, isDone: false, tenant: next };
}
