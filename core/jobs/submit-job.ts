import type { Submission } from '../contract/job-schemas.ts';
import { ProblemError } from '../contract/problem-error.ts';
import type { Chance, Clock } from '../ports/clock.ts';
import type { ExecutionStarter } from '../ports/execution-starter.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Log } from '../ports/log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { ServiceStore } from '../ports/service-store.ts';
import type { Service } from '../services/service.ts';
import { type ChosenService, chooseService, holdService } from './choose-service.ts';
import {
  type CreatedJob,
  createOnce,
  findCreated,
  type NewJobSlot,
  newJobSlot,
  type RepeatableRequest,
} from './create-once.ts';
import { effectiveLimits, effectivePolicy } from './defaults.ts';
import type { Job } from './job.ts';
import { timeInId } from './job-id.ts';
import { startAttempt } from './start-attempt.ts';
import { storeJson } from './stored-json.ts';
import { derivedTraceparent } from './traceparent.ts';

export interface SubmitJobDeps {
  readonly jobs: JobStore;
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly executions: ExecutionStarter;
  readonly idempotency: IdempotencyStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

export interface SubmitJobInput {
  readonly tenant: string;
  readonly owner: string;
  readonly submission: Submission;
  /** The caller's trace, already checked. */
  readonly traceparent?: string | undefined;
  /** Milliseconds after which a job that nothing claimed is looked at. */
  readonly lookAfter: number;
  /** The job that this one runs once more. */
  readonly rerunOf?: string;
  /** Under which the caller may send the same submission again. */
  readonly idempotency?: Pick<RepeatableRequest, 'key' | 'fingerprint'> | undefined;
}

export interface SubmittedJob extends CreatedJob {
  /** The job's version; undefined only when its record is gone. */
  readonly service: Service | undefined;
}

/**
 * Accepts a job and starts it. Once the record is written the job is accepted, whatever becomes of the start:
 * the reconciler starts what was not started. With an idempotency key the same submission makes one job, however often
 * it comes. Throws the problems of submitJob; no job is stored then, and no key is taken by what is refused.
 */
export async function submitJob(deps: SubmitJobDeps, input: SubmitJobInput): Promise<SubmittedJob> {
  if (input.idempotency !== undefined) {
    return submitOnce(deps, input, { tenant: input.tenant, ...input.idempotency });
  }
  const chosen = await holdService(deps, input.submission, await chooseService(deps, input));
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
  const choice = await chooseService(deps, input).catch(asRefusal);
  if (choice instanceof ProblemError || !choice.service.used) {
    const job = await findCreated(deps, request);
    if (job !== undefined) return withService(deps, { job, replayed: true });
  }
  if (choice instanceof ProblemError) throw choice;
  const chosen = await holdService(deps, input.submission, choice);
  const made = await createOnce(deps, request, (slot) => makeJob(deps, { ...input, ...chosen }, slot));
  return withService(deps, made, chosen.service);
}

function asRefusal(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  throw error;
}

async function withService(deps: SubmitJobDeps, made: CreatedJob, chosen?: Service): Promise<SubmittedJob> {
  const { tenant, service } = made.job;
  const isChosen = chosen?.name === service.name && chosen.version === service.version;
  return { ...made, service: isChosen ? chosen : await deps.services.get({ tenant, ...service }) };
}

/** Stores the job and starts it, and answers it as it is stored: another try may have been first with this id. */
async function makeJob(
  deps: SubmitJobDeps,
  input: SubmitJobInput & ChosenService,
  slot: NewJobSlot,
): Promise<Job> {
  const job = await newJob(deps, input, slot);
  if ((await deps.jobs.insert(job)) === 'inserted') {
    await startAttempt(deps, job, 0);
    return job;
  }
  const stored = await deps.jobs.get({ tenant: job.tenant, jobId: job.id });
  if (stored === undefined) throw new Error(`The job ${job.id} was there and is gone`);
  return stored;
}

async function newJob(
  deps: SubmitJobDeps,
  input: SubmitJobInput & ChosenService,
  { jobId: id, from }: NewJobSlot,
): Promise<Job> {
  const { tenant, submission, service } = input;
  const keep = (role: 'parameters' | 'request', json: string) =>
    storeJson(deps.objects, { tenant, jobId: id, role }, json);
  const { parameters, request } = input.parameters;
  const limits = effectiveLimits(submission, service.definition);
  return {
    tenant,
    id,
    name: submission.name ?? service.name,
    status: 'pending',
    service: { name: service.name, version: service.version },
    tags: submission.tags ?? [],
    metadata: submission.metadata ?? {},
    parameters: await keep('parameters', parameters),
    ...(request === undefined ? {} : { request: await keep('request', request) }),
    ...(input.rerunOf === undefined ? {} : { rerunOf: input.rerunOf }),
    policy: effectivePolicy(submission.retry, service.definition.retry),
    limits,
    owner: input.owner,
    traceparent: input.traceparent ?? derivedTraceparent(id),
    requestedAt: timeInId(id),
    updatedAt: from,
    attempt: 0,
    starts: 1,
    endedAttempts: [],
    dueAt: from + Math.min(input.lookAfter, limits.queueTimeoutSeconds * 1000, limits.timeoutSeconds * 1000),
    moves: [{ status: 'pending', at: from, attempt: 0 }],
    version: 1,
  };
}
