import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExecutionStarter } from '../../ports/execution-starter.ts';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Random } from '../../ports/random.ts';
import type { ReusableResults } from '../../ports/reuse/reusable-results.ts';
import type { Settings } from '../../ports/settings.ts';
import type { Service } from '../../services/model/service.ts';
import type { Job } from '../model/job.ts';
import { getJob } from '../queries/get-job.ts';
import { startAttempt } from '../scheduling/start-attempt.ts';
import type { CheckedDraft } from './check-draft.ts';
import {
  type CheckedSubmission,
  type ChooseServiceDeps,
  chooseService,
  markServiceUsed,
} from './choose-service.ts';
import {
  type CreatedJob,
  createOnce,
  findCreated,
  type NewJobId,
  newJobId,
  type RepeatableRequest,
} from './create-once.ts';
import { type NewJobInput, newJob, relationsOf } from './new-job.ts';

export interface SubmitJobDeps extends ChooseServiceDeps {
  readonly jobs: JobStore;
  readonly links: JobLinks;
  readonly objects: ObjectStore;
  readonly executions: ExecutionStarter;
  readonly idempotency: IdempotencyStore;
  /** Read only for a submission with `reuse`. */
  readonly results: Pick<ReusableResults, 'find'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly settings: Pick<Settings, 'reconcileAfterMs'>;
}

export interface SubmitJobInput extends NewJobInput {
  /** The idempotency key with which the caller may repeat the submission. */
  readonly idempotency?: Omit<RepeatableRequest, 'tenant'> | undefined;
}

export interface SubmittedJob extends CreatedJob {
  /**
   * The service version of the job; undefined for a draft without a service, and if the version was deleted.
   */
  readonly service: Service | undefined;
}

/**
 * Accepts a job and starts it, unless it is a draft. The job is accepted once its record is written; if the
 * start fails, the reconciler starts the job. With an idempotency key, repeated submissions create one job.
 * Throws the problems of a submission; then no job is stored. A submission that its checks reject does not
 * reserve its key; one that is rejected later keeps it (see `createOnce`).
 */
export async function submitJob(deps: SubmitJobDeps, input: SubmitJobInput): Promise<SubmittedJob> {
  if (input.idempotency !== undefined) {
    return submitOnce(deps, input, { tenant: input.tenant, ...input.idempotency });
  }
  const checked = await markServiceUsed(deps, input.submission, await checkSubmission(deps, input));
  const job = await insertAndStart(deps, { ...input, ...checked }, newJobId(deps));
  return { job, service: checked.service, replayed: false };
}

/**
 * Since the first try, a change of the services may have made the request invalid, or its version range may
 * have a newer match that is not marked as used yet. In these cases the job of an earlier try is looked up
 * first, so that a repetition neither fails nor marks another version. In all other cases the write that
 * reserves the key finds the earlier job, without an additional read.
 */
async function submitOnce(
  deps: SubmitJobDeps,
  input: SubmitJobInput,
  request: RepeatableRequest,
): Promise<SubmittedJob> {
  const choice = await checkSubmission(deps, input).catch(catchProblem);
  if (choice instanceof ProblemError || choice.service?.used !== true) {
    const job = await findCreated(deps, request);
    if (job !== undefined) return withService(deps, { job, replayed: true });
  }
  if (choice instanceof ProblemError) throw choice;
  const checked = await markServiceUsed(deps, input.submission, choice);
  const created = await createOnce(deps, request, (newId) =>
    insertAndStart(deps, { ...input, ...checked }, newId),
  );
  return withService(deps, created, checked.service);
}

/** Checks a submission and changes nothing; throws the problem if it is invalid. */
export async function checkSubmission(
  deps: Pick<SubmitJobDeps, 'services' | 'data' | 'jobs' | 'checks'>,
  input: Pick<SubmitJobInput, 'tenant' | 'submission'>,
): Promise<CheckedSubmission | CheckedDraft> {
  const checked = await chooseService(deps, input);
  const relations = relationsOf(input.submission);
  if (Object.keys(relations).length === 0) return checked;
  // Most jobs have no relations, so the code for them is loaded only when it is needed.
  const { checkRelations } = await import('./uncommon-submissions.ts');
  await checkRelations(deps.jobs, { tenant: input.tenant, ...relations });
  return checked;
}

/** Returns a problem and rethrows every other error. */
function catchProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

/** Adds the service version of the job, which is read unless it is the one that was just checked. */
async function withService(
  deps: SubmitJobDeps,
  created: CreatedJob,
  checkedService?: Service,
): Promise<SubmittedJob> {
  const { tenant, service } = created.job;
  if (service === undefined) return { ...created, service };
  const isSame = checkedService?.name === service.name && checkedService.version === service.version;
  return { ...created, service: isSame ? checkedService : await deps.services.get({ tenant, ...service }) };
}

/**
 * Stores the job, starts it, and returns it as it is stored: another try may have stored a job with this ID
 * first.
 */
export async function insertAndStart(
  deps: SubmitJobDeps,
  input: SubmitJobInput & (CheckedSubmission | CheckedDraft),
  newId: NewJobId,
): Promise<Job> {
  const job = await newJob(deps, input, newId);
  const { inputs, service } = input;
  const { reuse } = input.submission;
  if (reuse !== undefined && input.kind === 'job') {
    const { insertReusing } = await import('./uncommon-submissions.ts');
    const reusing = await insertReusing(deps, job, { reuse, service: input.service, inputs });
    if (reusing !== undefined) return reusing;
  }
  if (inputs !== undefined) {
    const { insertWithInputs } = await import('./uncommon-submissions.ts');
    const inserted = await insertWithInputs(deps, job, { inputs, service });
    if (inserted !== undefined) return inserted;
  } else if (job.parentId !== undefined || job.dependsOn !== undefined || job.rerunOf !== undefined) {
    const { insertRelated } = await import('./uncommon-submissions.ts');
    const inserted = await insertRelated(deps, job);
    if (inserted !== undefined) return inserted;
  } else if ((await deps.jobs.insert(job)) === 'inserted') {
    if (job.status === 'pending') await startAttempt(deps, job);
    return job;
  }
  return getJob(deps, { tenant: job.tenant, jobId: job.id });
}
