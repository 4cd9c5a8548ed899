import { isDeepStrictEqual } from 'node:util';
import { actionsOf } from '../contract/job-actions.ts';
import type { RerunRequest, Submission } from '../contract/job-schemas.ts';
import { isTerminal } from '../contract/job-state.ts';
import type { JsonValue } from '../contract/json.ts';
import { ProblemError } from '../contract/problem-error.ts';
import { effectiveLimits, effectivePolicy } from './defaults.ts';
import { getJob } from './get-job.ts';
import type { Job } from './job.ts';
import { readJson } from './stored-json.ts';
import { type SubmitJobDeps, type SubmitJobInput, type SubmittedJob, submitJob } from './submit-job.ts';

export interface RerunJobInput extends Omit<SubmitJobInput, 'submission' | 'rerunOf'> {
  /** The job to run once more. */
  readonly jobId: string;
  /** What is to be different. */
  readonly changes: RerunRequest;
}

/**
 * Submits a job that has ended once more, as a new job of the same version with the parameters as they were submitted,
 * unless told otherwise. Throws `not-found`, `illegal-transition` for a job that has not ended, and the problems of
 * submitJob.
 */
export async function rerunJob(deps: SubmitJobDeps, input: RerunJobInput): Promise<SubmittedJob> {
  const { jobId, changes, ...rest } = input;
  const job = await getJob(deps, { tenant: input.tenant, jobId });
  if (!isTerminal(job.status)) {
    const detail = `Only a job that has ended can be run again; this one is ${job.status}`;
    throw new ProblemError('illegal-transition', detail, { actions: actionsOf(job.status) });
  }
  return submitJob(deps, { ...rest, submission: await submissionOf(deps, job, changes), rerunOf: job.id });
}

async function submissionOf(deps: SubmitJobDeps, job: Job, changes: RerunRequest): Promise<Submission> {
  const { retry, ...limits } = await wishesOf(deps, job);
  const name = job.name === job.service.name ? {} : { name: job.name };
  // JSON null is a value too, so only an absent member stands for the earlier one.
  const parameters = changes.parameters === undefined ? await submittedParameters(deps, job) : {};
  return {
    ...name,
    tags: [...job.tags],
    metadata: job.metadata,
    ...parameters,
    ...limits,
    ...changes,
    service: changes.service ?? job.service,
    retry: { ...retry, ...changes.retry },
  };
}

async function submittedParameters(deps: SubmitJobDeps, job: Job): Promise<Pick<Submission, 'parameters'>> {
  const json = await readJson(deps.objects, job.request ?? job.parameters);
  return { parameters: JSON.parse(json) as JsonValue }; // we stored JSON text
}

/**
 * What the submission asked for beyond its service and the defaults: another version brings its own limits, unless the
 * caller had wished for others.
 */
async function wishesOf(
  deps: SubmitJobDeps,
  job: Job,
): Promise<Pick<Submission, 'retry' | keyof Job['limits']>> {
  const service = await deps.services.get({ tenant: job.tenant, ...job.service });
  if (service === undefined)
    throw new Error(`The service ${job.service.name} ${job.service.version} is missing`);
  const { retryOn, ...numbers } = differing(job.policy, effectivePolicy(undefined, service.definition.retry));
  const limits = differing(job.limits, effectiveLimits({}, service.definition));
  return { retry: { ...numbers, ...(retryOn === undefined ? {} : { retryOn: [...retryOn] }) }, ...limits };
}

/** The members that are not the same in the other object. */
function differing<Value extends object>(value: Value, other: Value): Partial<Value> {
  const reference = new Map<string, unknown>(Object.entries(other));
  const members = Object.entries(value).filter(
    ([name, member]) => !isDeepStrictEqual(member, reference.get(name)),
  );
  return Object.fromEntries(members) as Partial<Value>; // a part of the members of `value`
}
