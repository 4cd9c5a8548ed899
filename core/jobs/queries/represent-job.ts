import { actionsOf } from '../../contract/job-actions.ts';
import { isTerminal } from '../../contract/job-state.ts';
import type { JsonValue } from '../../contract/json.ts';
import { jobUrn } from '../../contract/names.ts';
import { failureCodes } from '../../contract/policy.ts';
import { problemUri } from '../../contract/problems/problem-types.ts';
import type { JobReceipt, JobRepresentation, JobSummary } from '../../contract/schemas/job-schemas.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Abort, Failure, Job, StoredJson, WaitingReason } from '../model/job.ts';
import { writerOf } from '../model/output-writer.ts';
import { mapSlots, readInputs } from '../records/job-inputs.ts';
import { objectMayBeGone } from '../records/require-not-deleting.ts';
import { readJson, sizeOf } from '../records/stored-json.ts';

/** Larger parameters and results are not members of the job, but links. */
const maxShownBytes = 32_768;

/** The number of code points of an error's detail in a list. */
const maxSummaryDetail = 300;

/** A job as it is shown in a list; `baseUrl` without a trailing slash. */
export function summarizeJob(job: Job, baseUrl: string): JobSummary {
  return { ...sharedMembers(job, baseUrl), ...omitUndefined({ error: summarizedError(job.failure) }) };
}

/** The code of the failure and the start of its detail: a list of jobs with the longest details would have few items. */
export function summarizedError(failure: Failure | undefined): JobSummary['error'] {
  if (failure === undefined) return undefined;
  // A code point has at most two UTF-16 code units.
  const start = [...failure.detail.slice(0, 2 * maxSummaryDetail)].slice(0, maxSummaryDetail);
  return { code: failure.code, detail: start.join('').toWellFormed() };
}

/** The members that a job has in a list as well as on its own. */
function sharedMembers(job: Job, baseUrl: string): Omit<JobSummary, 'error'> {
  return {
    id: job.id,
    urn: jobUrn(job.id),
    name: job.name,
    status: job.status,
    ...omitUndefined({ service: job.service }),
    tags: [...job.tags],
    ...omitUndefined({ group: job.group }),
    metadata: job.metadata,
    requestedAt: formatTime(job.requestedAt),
    ...optionalTimes(job),
    updatedAt: formatTime(job.updatedAt),
    attempt: job.attempt,
    maxAttempts: job.policy.maxAttempts,
    priority: job.priority ?? 0,
    ...omitUndefined({ progress: job.progress }),
    ...(job.waitingReason === undefined ? {} : { waitingReason: representReason(job.waitingReason) }),
    ...omitUndefined({ parentId: job.parentId, rerunOf: job.rerunOf, rerunAs: job.rerunAs }),
    owner: job.owner,
    version: job.version,
    links: linksOf(job, baseUrl),
  };
}

/** A job as it is shown to a caller that may not read it; `baseUrl` without a trailing slash. */
export function receiptOfJob(job: Job, baseUrl: string): JobReceipt {
  return {
    id: job.id,
    urn: jobUrn(job.id),
    status: job.status,
    requestedAt: formatTime(job.requestedAt),
    ...optionalTimes(job),
    updatedAt: formatTime(job.updatedAt),
    links: { self: linkTo(job, baseUrl) },
  };
}

/** A job with its parameters, result and error, if they are small enough. */
export async function representJob(
  deps: { readonly objects: ObjectStore },
  job: Job,
  baseUrl: string,
): Promise<JobRepresentation> {
  const [parameters, result, inputs] = await Promise.all([
    readIfSmall(deps, job, job.parameters),
    readIfSmall(deps, job, resultOf(job)),
    shownInputs(deps, job),
  ]);
  return {
    ...sharedMembers(job, baseUrl),
    ...omitUndefined({ parameters, inputs, result }),
    ...(job.status === 'succeeded' ? { resultMediaType: mediaTypeOf(job.result) } : {}),
    ...(job.failure === undefined ? {} : { error: representFailure(job.failure) }),
    ...(job.abort === undefined ? {} : { abort: representAbort(job.abort, job.dispatcherId) }),
    ...omitUndefined({ reusedFrom: job.reusedFrom }),
    ...(job.dependsOn === undefined ? {} : { dependsOn: [...job.dependsOn] }),
    ...(job.draft === undefined ? {} : { missing: [...job.draft.missing] }),
    traceparent: job.traceparent,
    actions: actionsOf(job.status),
  };
}

/** The inputs, however large their list is, because no link leads to them. */
async function shownInputs(
  deps: { readonly objects: ObjectStore },
  job: Job,
): Promise<JobRepresentation['inputs']> {
  if (job.inputs === undefined || objectMayBeGone(job, job.inputs)) return undefined;
  return mapSlots(await readInputs(deps, job), (slot) => [...slot]);
}

/** The failure as the `error` of a job and of its events. */
export function representFailure({ code, ...rest }: Failure) {
  return { type: problemUri(code), title: failureCodes[code].title, code, ...rest };
}

function representReason({ jobIds, ...rest }: WaitingReason) {
  return jobIds === undefined ? rest : { ...rest, jobIds: [...jobIds] };
}

/** The ID is relevant only if a dispatcher was requested to stop the attempt. */
function representAbort({ requestedAt, ...rest }: Abort, dispatcherId: string | undefined) {
  const stopped = rest.stopped === 'terminated' && dispatcherId !== undefined;
  return { requestedAt: formatTime(requestedAt), ...rest, ...(stopped ? { dispatcherId } : {}) };
}

/** RFC 3339 in UTC with milliseconds. */
export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
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

function linkTo({ id }: Job, baseUrl: string): string {
  return `${baseUrl}/v1/jobs/${id}`;
}

function linksOf(job: Job, baseUrl: string): Record<string, string> {
  const self = linkTo(job, baseUrl);
  return {
    self,
    ...(isTerminal(job.status) ? { result: `${self}/result` } : {}),
    request: `${self}/request`,
    events: `${self}/events`,
    attempts: `${self}/attempts`,
    ...(writerOf(job).hasOutputs === true ? { outputs: `${self}/outputs` } : {}),
    ...(job.hasChildren === true ? { children: `${self}/children` } : {}),
    ...(job.parentId === undefined ? {} : { parent: `${baseUrl}/v1/jobs/${job.parentId}` }),
    ...(job.group === undefined ? {} : { group: `${baseUrl}/v1/groups/${encodeURIComponent(job.group)}` }),
    ...(job.rerunOf === undefined ? {} : { rerunOf: `${baseUrl}/v1/jobs/${job.rerunOf}` }),
    ...(job.rerunAs === undefined ? {} : { rerunAs: `${baseUrl}/v1/jobs/${job.rerunAs}` }),
    ...(job.reusedFrom === undefined ? {} : { reusedFrom: `${baseUrl}/v1/jobs/${job.reusedFrom}` }),
    ...serviceLink(job, baseUrl),
  };
}

function serviceLink({ service }: Job, baseUrl: string) {
  if (service === undefined) return {};
  const { name, version } = service;
  return { service: `${baseUrl}/v1/services/${name}/versions/${encodeURIComponent(version)}` };
}

function resultOf(job: Job): StoredJson | undefined {
  if (job.status !== 'succeeded') return undefined;
  return job.result ?? { kind: 'inline', json: 'null' };
}

function mediaTypeOf(result: StoredJson | undefined): string {
  return (result?.kind === 'object' ? result.mediaType : undefined) ?? 'application/json';
}

async function readIfSmall(
  deps: { readonly objects: ObjectStore },
  job: Job,
  stored: StoredJson | undefined,
): Promise<JsonValue | undefined> {
  if (stored === undefined || sizeOf(stored) > maxShownBytes || objectMayBeGone(job, stored))
    return undefined;
  if (stored.kind === 'object' && stored.mediaType !== undefined) return undefined;
  return JSON.parse(await readJson(deps.objects, stored)) as JsonValue; // we stored JSON text
}
