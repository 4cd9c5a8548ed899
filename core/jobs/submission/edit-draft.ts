import { actionsOf } from '../../contract/job-actions.ts';
import type { JsonValue } from '../../contract/json.ts';
import { faultsError, ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobEdit } from '../../contract/schemas/draft-schemas.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { selectVersion } from '../../services/select-version.ts';
import { draftLifetimeMilliseconds, impliedName, priorityMember } from '../model/begin-job.ts';
import type { Draft, Job } from '../model/job.ts';
import {
  composeDraft,
  type DraftContent,
  maxDraftTransitions,
  mayBecomeDraft,
  submittedOf,
  writeDraft,
} from './compose-draft.ts';
import { mergePatch } from './merge-patch.ts';

export interface EditDraftDeps {
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

/**
 * The draft after an edit of its content, one write later; whether it is complete follows from the edit, and from what
 * its service is by now. Throws `invalid-request`, `service-not-found`, `ambiguous-version` and `invalid-parameters`, and
 * `illegal-transition` when it would become a draft once too often.
 */
export async function editDraft(deps: EditDraftDeps, job: Job, edit: JobEdit): Promise<Job> {
  const chosen = await serviceAfter(deps, job, edit);
  const submitted = await submittedOf(deps, job);
  const content = {
    ...chosen,
    submitted: parametersAfter(submitted, edit),
    overrides: overridesAfter(job.draft?.overrides ?? {}, edit),
  };
  const { priority: _, ...rest } = await composeDraft(deps, job, content);
  if (rest.draft.missing.length > 0 && !mayBecomeDraft(job)) throw tooOften(job);
  const draft = {
    ...rest,
    ...priorityMember(edit.priority === undefined ? job.priority : edit.priority),
    name: nameAfter(job, chosen.reference),
  };
  const now = deps.clock.now();
  return writeDraft(draft, now, now + draftLifetimeMilliseconds);
}

function tooOften({ status }: Job): ProblemError {
  const detail = `After ${maxDraftTransitions / 2} times as a draft the job may not become one again: edit it so that it stays ready, start it, abort it, or make a new one`;
  return new ProblemError('illegal-transition', detail, { actions: actionsOf(status) });
}

async function serviceAfter(
  deps: EditDraftDeps,
  { tenant, service: current }: Job,
  { service: edit }: JobEdit,
): Promise<Pick<DraftContent, 'reference' | 'service'>> {
  if (edit === undefined && current !== undefined)
    return { reference: current, service: await deps.services.get({ tenant, ...current }) };
  if (edit === undefined || edit === null) return { reference: undefined, service: undefined };
  const service = await selectVersion(deps, { tenant, selector: selectorAfter(current, edit) });
  return { reference: { name: service.name, version: service.version }, service };
}

/** Text chooses anew; the members of an object change the name or the version alone. */
function selectorAfter(
  current: Job['service'],
  edit: NonNullable<JobEdit['service']>,
): NonNullable<Submission['service']> {
  if (typeof edit === 'string') return edit;
  const { name, version } = { ...current, ...edit };
  if (name === undefined) {
    throw faultsError('invalid-request', [
      { pointer: '/service/name', detail: 'is required', keyword: 'required' },
    ]);
  }
  return version === undefined || version === null ? { name } : { name, version };
}

/** Without parameters a submission has none to tell, which is `{}`. */
function parametersAfter(submitted: JsonValue, { parameters }: JobEdit): JsonValue {
  if (parameters === undefined) return submitted;
  return mergePatch(submitted, parameters) ?? {};
}

function overridesAfter({ retry, ...limits }: Draft['overrides'], edit: JobEdit): Draft['overrides'] {
  const { attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds } = edit;
  const editedRetry = edit.retry === null ? undefined : mergeMembers(retry ?? {}, edit.retry ?? {});
  const hasRetry = editedRetry !== undefined && Object.keys(editedRetry).length > 0;
  return {
    ...(hasRetry ? { retry: editedRetry } : {}),
    ...mergeMembers(limits, { attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds }),
  };
}

/** The name follows the service until somebody gives the job a name. */
function nameAfter(job: Job, service: Job['service']): string {
  return job.name === impliedName(job.service) ? impliedName(service) : job.name;
}

type MembersOf<Value> = { readonly [Member in keyof Value]?: Value[Member] | null | undefined };

/** As a merge patch does it, for members that are not looked into. */
function mergeMembers<Value extends object>(value: Value, edit: MembersOf<Value>): Value {
  const members = new Map(Object.entries(value));
  for (const [name, member] of Object.entries(edit)) {
    if (member === null) members.delete(name);
    else if (member !== undefined) members.set(name, member);
  }
  return Object.fromEntries(members) as Value; // members of `value`, all of them optional, and of its type
}
