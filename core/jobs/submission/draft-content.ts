import type { JsonValue } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Service } from '../../services/model/service.ts';
import { omit } from '../../std/omit.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type CheckInputsDeps, checkInputs } from '../inputs/check-inputs.ts';
import { dispatcherMember, effectiveLimits, effectivePolicy, indexedMember } from '../model/defaults.ts';
import type { Draft, InputIds, Job, ServiceReference } from '../model/job.ts';
import { transitionJob, withWrite } from '../model/transition-job.ts';
import { inputsMember } from '../records/job-inputs.ts';
import { readJson, storeJson } from '../records/stored-json.ts';
import { contentMember } from '../reuse/content-digest.ts';
import { checkDraft } from './check-draft.ts';
import { indexedViolations } from './check-indexed-metadata.ts';

/**
 * Maximum number of transitions of a job that may become a draft again: transitions stay on its item, which
 * is limited to 400 KB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html).
 */
export const maxDraftTransitions = 1000;

/** The content of a draft, which determines whether it is complete. */
export interface DraftContent {
  /** The service version that the draft names, if any. */
  readonly reference: ServiceReference | undefined;
  /** The current definition of this version; undefined if it was deleted. */
  readonly service: Service | undefined;
  /** The parameters as submitted and edited, before defaults. */
  readonly submitted: JsonValue;
  /** The IDs of the inputs. */
  readonly ids: InputIds;
  readonly overrides: Draft['overrides'];
}

/** Reads the parameters of a job as they were submitted and edited, before defaults. */
export async function readSubmittedParameters(
  deps: { readonly objects: ObjectStore },
  job: Job,
): Promise<JsonValue> {
  const json = await readJson(deps.objects, job.request ?? job.parameters);
  return JSON.parse(json) as JsonValue; // we stored JSON text
}

/**
 * Returns the job with other content, which is checked with its metadata, and otherwise unchanged. Stores large
 * parameters and inputs, but not the job. Throws as `checkDraft` and `checkInputs` do.
 */
export async function withContent(
  deps: CheckInputsDeps & { readonly objects: ObjectStore },
  job: Job,
  content: DraftContent,
): Promise<Job & { readonly draft: Draft }> {
  const rest = omit(job, ['request', 'service', 'dispatcher', 'inputs', 'indexedMetadata', 'contentDigest']);
  const { reference, service, submitted, ids, overrides } = content;
  const { inputs, found, violations } = await checkInputs(deps, { tenant: job.tenant, service, ids });
  const { parameters, missing } = checkDraft(service, submitted, {
    otherViolations: [
      ...violations,
      ...indexedViolations(service?.definition.indexedMetadata ?? [], job.metadata),
    ],
  });
  const store = (role: 'parameters' | 'request', json: string) =>
    storeJson(deps.objects, { tenant: job.tenant, jobId: job.id, role }, json);
  const { request } = parameters;
  return {
    ...rest,
    ...omitUndefined({ service: reference }),
    parameters: await store('parameters', parameters.parameters),
    ...(request === undefined ? {} : { request: await store('request', request) }),
    ...(await inputsMember(deps, job, inputs)),
    ...dispatcherMember(service?.definition),
    ...indexedMember(service?.definition),
    ...contentMember(service, { parameters: parameters.parameters, inputs, found }),
    policy: effectivePolicy(overrides.retry, service?.definition.retry),
    limits: effectiveLimits(overrides, service?.definition),
    draft: {
      overrides,
      missing: isDeletedService(content) ? [deletedServiceViolation(content.reference)] : missing,
    },
  };
}

/**
 * False if the job became ready and a draft again too often: it can still be started, aborted, or edited
 * while it stays ready.
 */
export function mayBecomeDraft({ status, transitions }: Job): boolean {
  return status === 'draft' || transitions.length < maxDraftTransitions;
}

/** Returns the draft for its next write, as `ready` if nothing is missing, and as `draft` otherwise. */
export function withDraftStatus(job: Job & { readonly draft: Draft }, now: number, nextCheckAt: number): Job {
  const status = job.draft.missing.length === 0 ? 'ready' : 'draft';
  return status === job.status
    ? withWrite(job, now, { nextCheckAt })
    : transitionJob(job, status, { now, change: {}, nextCheckAt });
}

function isDeletedService(
  content: DraftContent,
): content is DraftContent & { readonly reference: ServiceReference } {
  return content.reference !== undefined && content.service === undefined;
}

function deletedServiceViolation({ name, version }: ServiceReference): Violation {
  return {
    pointer: '/service',
    detail: `names version ${version} of ${name}, which does not exist any more`,
    keyword: 'service',
  };
}
