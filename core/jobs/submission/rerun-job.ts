import { isDeepStrictEqual } from 'node:util';
import { actionsOf } from '../../contract/job-actions.ts';
import { isTerminal } from '../../contract/job-state.ts';
import type { JsonValue } from '../../contract/json.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { RerunRequest, Submission } from '../../contract/schemas/submission-schemas.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type defaultLimits, effectiveLimits, effectivePolicy } from '../model/defaults.ts';
import type { Job } from '../model/job.ts';
import { impliedName, priorityMember } from '../model/job-start.ts';
import { readServiceOf } from '../records/accepted-definition.ts';
import { idsOf, mapSlots, readInputs } from '../records/job-inputs.ts';
import { missingJob } from '../records/missing-job.ts';
import { requireObject } from '../records/require-not-deleting.ts';
import { type JobPrecondition, requirePrecondition } from '../records/require-precondition.ts';
import { readJson } from '../records/stored-json.ts';
import { findCreated } from './create-once.ts';
import { type SubmitJobDeps, type SubmitJobInput, type SubmittedJob, submitJob } from './submit-job.ts';

export interface RerunJobInput extends Omit<SubmitJobInput, 'submission' | 'rerunOf'> {
  /** ID of the job to rerun. */
  readonly jobId: string;
  /** Members that differ from those of the original job. */
  readonly changes: RerunRequest;
  readonly meetsPrecondition?: JobPrecondition;
}

/**
 * Submits a job that has ended again, as a new job of the same version with the submitted parameters and the inputs, except
 * for the changes; with `start: false` as a draft. If a development version was replaced since, the new job uses its
 * current definition. Throws `not-found`, `precondition-failed`,
 * `illegal-transition` for a job that has not ended, and the problems of submitJob.
 */
export async function rerunJob(deps: SubmitJobDeps, input: RerunJobInput): Promise<SubmittedJob> {
  const { jobId, changes, meetsPrecondition, ...rest } = input;
  const key = { tenant: input.tenant, jobId };
  const job = await deps.jobs.get(key);
  if (job === undefined || job.cascade?.kind === 'delete' || meetsPrecondition?.(job) === false) {
    const earlier = await earlierResult(deps, input);
    if (earlier !== undefined) return earlier;
  }
  if (job === undefined) throw await missingJob(deps.jobs, key);
  requirePrecondition(meetsPrecondition, job);
  if (!isTerminal(job.status)) {
    const detail = `Only a job that has ended can be rerun; the job is ${job.status}`;
    throw new ProblemError('illegal-transition', detail, { actions: actionsOf(job.status) });
  }
  return submitJob(deps, { ...rest, submission: await submissionOf(deps, job, changes), rerunOf: job.id });
}

/**
 * The job that an earlier call with the same key created. It is returned even if the original job was changed
 * or deleted since, or is being deleted.
 */
async function earlierResult(
  deps: SubmitJobDeps,
  { tenant, idempotency }: RerunJobInput,
): Promise<SubmittedJob | undefined> {
  if (idempotency === undefined) return undefined;
  const job = await findCreated(deps, { tenant, ...idempotency });
  if (job === undefined) return undefined;
  const service = job.service && (await deps.services.get({ tenant, ...job.service }));
  return { job, service, replayed: true };
}

async function submissionOf(deps: SubmitJobDeps, job: Job, changes: RerunRequest): Promise<Submission> {
  const { retry, ...limits } = await overridesOf(deps, job);
  const name = job.name === impliedName(job.service) ? {} : { name: job.name };
  const service = changes.service ?? job.service;
  // JSON null is a value too, so only an absent member keeps the original parameters.
  const parameters = changes.parameters === undefined ? await originalParameters(deps, job) : {};
  const inputs = changes.inputs === undefined ? await originalInputs(deps, job) : {};
  return {
    ...name,
    tags: [...job.tags],
    ...omitUndefined({ group: job.group }),
    metadata: job.metadata,
    ...priorityMember(job.priority),
    ...parameters,
    ...inputs,
    ...limits,
    ...unmetDependencies(job),
    ...changes,
    ...omitUndefined({ service }),
    retry: { ...retry, ...changes.retry },
  };
}

/** A job that never became pending keeps its dependencies; for all other jobs they have succeeded. */
function unmetDependencies({ transitions, dependsOn }: Job): Pick<Submission, 'dependsOn'> {
  if (dependsOn === undefined || transitions.some(({ status }) => status === 'pending')) return {};
  return { dependsOn: [...dependsOn] };
}

async function originalParameters(deps: SubmitJobDeps, job: Job): Promise<Pick<Submission, 'parameters'>> {
  const stored = job.request ?? job.parameters;
  requireObject(job, stored);
  const json = await readJson(deps.objects, stored);
  return { parameters: JSON.parse(json) as JsonValue }; // we stored JSON text
}

async function originalInputs(deps: SubmitJobDeps, job: Job): Promise<Pick<Submission, 'inputs'>> {
  if (job.inputs === undefined) return {};
  requireObject(job, job.inputs);
  return { inputs: mapSlots(idsOf(await readInputs(deps, job)), (ids) => [...ids]) };
}

/**
 * The values that the submission set itself, beyond the service's values and the defaults: another version
 * applies its own limits, unless the submission had set others.
 */
async function overridesOf(
  deps: SubmitJobDeps,
  job: Job,
): Promise<Pick<Submission, 'retry' | keyof typeof defaultLimits>> {
  // An aborted draft may have no service, or one that was deleted since.
  const service = job.service && (await readServiceOf(deps.services, job));
  const { retryOn, ...numbers } = differences(
    job.policy,
    effectivePolicy(undefined, service?.definition.retry),
  );
  const { heartbeatSeconds: _, ...limits } = differences(
    job.limits,
    effectiveLimits({}, service?.definition),
  );
  return { retry: { ...numbers, ...(retryOn === undefined ? {} : { retryOn: [...retryOn] }) }, ...limits };
}

/** The members whose values differ from those of the other object. */
function differences<Value extends object>(value: Value, other: Value): Partial<Value> {
  const reference = new Map<string, unknown>(Object.entries(other));
  const members = Object.entries(value).filter(
    ([name, member]) => !isDeepStrictEqual(member, reference.get(name)),
  );
  return Object.fromEntries(members) as Partial<Value>; // a part of the members of `value`
}
