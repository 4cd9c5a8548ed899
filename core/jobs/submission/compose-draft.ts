import type { JsonValue } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Service } from '../../services/model/service.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { dispatcherMember, effectiveLimits, effectivePolicy } from '../model/defaults.ts';
import type { Draft, Job, ServiceReference } from '../model/job.ts';
import { touchJob, transitionJob } from '../model/transition-job.ts';
import { readJson, storeJson } from '../records/stored-json.ts';
import { judgeDraft } from './judge-draft.ts';

/**
 * How many moves a job that is not started may have when it becomes a draft once more: they stay on its item, which holds
 * at most 400 KB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
 */
export const maxDraftTransitions = 1000;

/** What a draft is made of, and what its being complete follows from. */
export interface DraftContent {
  /** The version that it names; none when it names none. */
  readonly reference: ServiceReference | undefined;
  /** The same version as it is now; none when it is gone. */
  readonly service: Service | undefined;
  /** The parameters as they were submitted and edited, before defaults. */
  readonly submitted: JsonValue;
  readonly overrides: Draft['overrides'];
}

/** The parameters of a job, before defaults. */
export async function submittedOf(deps: { readonly objects: ObjectStore }, job: Job): Promise<JsonValue> {
  const json = await readJson(deps.objects, job.request ?? job.parameters);
  return JSON.parse(json) as JsonValue; // we stored JSON text
}

/** The job with another content, judged anew, and otherwise as it is. Throws as `judgeDraft` does. */
export async function composeDraft(
  deps: { readonly objects: ObjectStore },
  job: Job,
  content: DraftContent,
): Promise<Job & { readonly draft: Draft }> {
  const { request: _, service: __, dispatcher: ___, ...rest } = job;
  const { reference, service, submitted, overrides } = content;
  const { parameters, missing } = judgeDraft(service, submitted);
  const keep = (role: 'parameters' | 'request', json: string) =>
    storeJson(deps.objects, { tenant: job.tenant, jobId: job.id, role }, json);
  const { request } = parameters;
  return {
    ...rest,
    ...omitUndefined({ service: reference }),
    parameters: await keep('parameters', parameters.parameters),
    ...(request === undefined ? {} : { request: await keep('request', request) }),
    ...dispatcherMember(service?.definition),
    policy: effectivePolicy(overrides.retry, service?.definition.retry),
    limits: effectiveLimits(overrides, service?.definition),
    draft: { overrides, missing: isDeletedService(content) ? [gone(content.reference)] : missing },
  };
}

/** False for a job that was made ready and a draft again too often: it can be started or aborted, and edited as it is. */
export function mayBecomeDraft({ status, transitions }: Job): boolean {
  return status === 'draft' || transitions.length < maxDraftTransitions;
}

/** The draft one write later, in the state that follows from what it lacks. */
export function writeDraft(job: Job & { readonly draft: Draft }, now: number, nextCheckAt: number): Job {
  const status = job.draft.missing.length === 0 ? 'ready' : 'draft';
  return status === job.status
    ? touchJob(job, now, { nextCheckAt })
    : transitionJob(job, status, { now, change: {}, nextCheckAt });
}

function isDeletedService(
  content: DraftContent,
): content is DraftContent & { readonly reference: ServiceReference } {
  return content.reference !== undefined && content.service === undefined;
}

function gone({ name, version }: ServiceReference): Fault {
  return { pointer: '/service', detail: `has no version ${version} of ${name} any more`, keyword: 'service' };
}
