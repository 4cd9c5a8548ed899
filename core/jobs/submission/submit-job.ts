import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Clock, Random } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Service } from '../../services/model/service.ts';
import type { Job } from '../model/job.ts';
import { getJob } from '../queries/get-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import {
  type ChooseServiceDeps,
  type ChosenService,
  chooseService,
  markServiceUsed,
} from './choose-service.ts';
import {
  type CreatedJob,
  createOnce,
  findCreated,
  type NewJobSlot,
  newJobSlot,
  type RepeatableRequest,
} from './create-once.ts';
import type { ChosenDraft } from './judge-draft.ts';
import { type NewJobInput, newJob, relationsOf } from './new-job.ts';

export interface SubmitJobDeps extends ChooseServiceDeps {
  readonly jobs: JobStore;
  readonly links: JobLinks;
  readonly objects: ObjectStore;
  readonly executions: ExecutionStarter;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface SubmitJobInput extends NewJobInput {
  /** Under which the caller may send the same submission again. */
  readonly idempotency?: Omit<RepeatableRequest, 'tenant'> | undefined;
}

export interface SubmittedJob extends CreatedJob {
  /** The job's version; undefined for a draft that names none, and when its record is gone. */
  readonly service: Service | undefined;
}

/**
 * Accepts a job and starts it, unless it is to be a draft. Once the record is written the job is accepted, whatever
 * becomes of the start: the reconciler starts what was not started. With an idempotency key the same submission makes
 * one job, however often it comes. Throws the problems of submitJob; no job is stored then, and no key is taken by what
 * is refused.
 */
export async function submitJob(deps: SubmitJobDeps, input: SubmitJobInput): Promise<SubmittedJob> {
  if (input.idempotency !== undefined) {
    return submitOnce(deps, input, { tenant: input.tenant, ...input.idempotency });
  }
  const chosen = await markServiceUsed(deps, input.submission, await checkSubmission(deps, input));
  const job = await makeJob(deps, { ...input, ...chosen }, newJobSlot(deps));
  return { job, service: chosen.service, replayed: false };
}

/**
 * What a repetition is refused for, or would mark as used, may have come after the first try, as with a range that has
 * a newer match by now: only then the earlier job is looked for at a price. Otherwise it is found by the write that
 * takes the key.
 */
async function submitOnce(
  deps: SubmitJobDeps,
  input: SubmitJobInput,
  request: RepeatableRequest,
): Promise<SubmittedJob> {
  const choice = await checkSubmission(deps, input).catch(asRefusal);
  if (choice instanceof ProblemError || choice.service?.used !== true) {
    const job = await findCreated(deps, request);
    if (job !== undefined) return withService(deps, { job, replayed: true });
  }
  if (choice instanceof ProblemError) throw choice;
  const chosen = await markServiceUsed(deps, input.submission, choice);
  const made = await createOnce(deps, request, (slot) => makeJob(deps, { ...input, ...chosen }, slot));
  return withService(deps, made, chosen.service);
}

/** Checks a submission whole, and changes nothing; throws what it is refused for. */
export async function checkSubmission(
  deps: Pick<SubmitJobDeps, 'services' | 'jobs' | 'checks'>,
  input: Pick<SubmitJobInput, 'tenant' | 'submission'>,
): Promise<ChosenService | ChosenDraft> {
  const chosen = await chooseService(deps, input);
  const relations = relationsOf(input.submission);
  if (Object.keys(relations).length === 0) return chosen;
  // Most jobs have to do with no other: what those need is loaded by the first one.
  const { checkRelations } = await import('../relations/attach-job.ts');
  await checkRelations(deps.jobs, { tenant: input.tenant, ...relations });
  return chosen;
}

function asRefusal(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

async function withService(deps: SubmitJobDeps, made: CreatedJob, chosen?: Service): Promise<SubmittedJob> {
  const { tenant } = made.job;
  const { service } = made.job;
  if (service === undefined) return { ...made, service };
  const isChosen = chosen?.name === service.name && chosen.version === service.version;
  return { ...made, service: isChosen ? chosen : await deps.services.get({ tenant, ...service }) };
}

/** Stores the job and starts it, and answers it as it is stored: another try may have been first with this id. */
async function makeJob(
  deps: SubmitJobDeps,
  input: SubmitJobInput & (ChosenService | ChosenDraft),
  slot: NewJobSlot,
): Promise<Job> {
  const job = await newJob(deps, input, slot);
  if (job.parentId !== undefined || job.dependsOn !== undefined) {
    const { insertRelated } = await import('../relations/insert-related.ts');
    const inserted = await insertRelated(deps, job, input.reconcileAfterMs);
    if (inserted !== undefined) return inserted;
  } else if ((await deps.jobs.insert(job)) === 'inserted') {
    if (job.status === 'pending') await startAttempt(deps, job);
    return job;
  }
  return getJob(deps, { tenant: job.tenant, jobId: job.id });
}
