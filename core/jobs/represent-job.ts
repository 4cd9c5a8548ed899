import { actionsOf } from '../contract/job-actions.ts';
import type { JobRepresentation, JobSummary } from '../contract/job-schemas.ts';
import { isTerminal } from '../contract/job-state.ts';
import type { JsonValue } from '../contract/json.ts';
import { jobUrn } from '../contract/names.ts';
import { failureCodes } from '../contract/policy.ts';
import { problemUri } from '../contract/problem-types.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Abort, Failure, Job, StoredJson } from './job.ts';
import { readJson, sizeOf } from './stored-json.ts';

/** Parameters and results above this size are a link in the job, not a member. */
const maxShownBytes = 32_768;

/** A job as a list shows it; `baseUrl` without a slash at its end. */
export function summarizeJob(job: Job, baseUrl: string): JobSummary {
  return {
    id: job.id,
    urn: jobUrn(job.id),
    name: job.name,
    status: job.status,
    service: job.service,
    tags: [...job.tags],
    metadata: job.metadata,
    requestedAt: formatTime(job.requestedAt),
    ...optionalTimes(job),
    updatedAt: formatTime(job.updatedAt),
    attempt: job.attempt,
    maxAttempts: job.policy.maxAttempts,
    owner: job.owner,
    version: job.version,
    links: linksOf(job, baseUrl),
  };
}

/** A job with its parameters, result and error, as far as they are small enough to be shown. */
export async function representJob(
  deps: { readonly objects: ObjectStore },
  job: Job,
  baseUrl: string,
): Promise<JobRepresentation> {
  const [parameters, result] = await Promise.all([shown(deps, job.parameters), shown(deps, resultOf(job))]);
  return {
    ...summarizeJob(job, baseUrl),
    ...(parameters === undefined ? {} : { parameters }),
    ...(result === undefined ? {} : { result }),
    ...(job.status === 'succeeded' ? { resultMediaType: 'application/json' } : {}),
    ...(job.failure === undefined ? {} : { error: representFailure(job.failure) }),
    ...(job.abort === undefined ? {} : { abort: representAbort(job.abort) }),
    ...(job.rerunOf === undefined ? {} : { rerunOf: job.rerunOf }),
    traceparent: job.traceparent,
    actions: actionsOf(job.status),
  };
}

/** The failure as the job's `error`, and as part of its events. */
export function representFailure({ code, detail, retryable, attempt }: Failure) {
  return { type: problemUri(code), title: failureCodes[code].title, detail, code, retryable, attempt };
}

function representAbort({ requestedAt, ...rest }: Abort) {
  return { requestedAt: formatTime(requestedAt), ...rest };
}

/** RFC 3339 in UTC with milliseconds. */
export function formatTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** Whole seconds, 1 to 60, until another look is worth it: a tenth of the job's age so far. */
export function retryAfterSeconds(job: Job, now: number): number {
  const ageSeconds = Math.max(0, now - job.requestedAt) / 1000;
  return Math.min(60, Math.max(1, Math.ceil(ageSeconds / 10)));
}

function optionalTimes(job: Job) {
  const { scheduledAt, startedAt, finishedAt, nextAttemptAt } = job;
  return {
    ...(scheduledAt === undefined ? {} : { scheduledAt: formatTime(scheduledAt) }),
    ...(startedAt === undefined ? {} : { startedAt: formatTime(startedAt) }),
    ...(finishedAt === undefined ? {} : { finishedAt: formatTime(finishedAt) }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: formatTime(nextAttemptAt) }),
  };
}

function linksOf(job: Job, baseUrl: string): Record<string, string> {
  const self = `${baseUrl}/v1/jobs/${job.id}`;
  const { name, version } = job.service;
  return {
    self,
    ...(isTerminal(job.status) ? { result: `${self}/result` } : {}),
    request: `${self}/request`,
    events: `${self}/events`,
    attempts: `${self}/attempts`,
    ...(job.rerunOf === undefined ? {} : { rerunOf: `${baseUrl}/v1/jobs/${job.rerunOf}` }),
    service: `${baseUrl}/v1/services/${name}/versions/${encodeURIComponent(version)}`,
  };
}

function resultOf(job: Job): StoredJson | undefined {
  if (job.status !== 'succeeded') return undefined;
  return job.result ?? { kind: 'inline', json: 'null' };
}

async function shown(
  deps: { readonly objects: ObjectStore },
  stored: StoredJson | undefined,
): Promise<JsonValue | undefined> {
  if (stored === undefined || sizeOf(stored) > maxShownBytes) return undefined;
  return JSON.parse(await readJson(deps.objects, stored)) as JsonValue; // we stored JSON text
}
