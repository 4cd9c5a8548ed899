import { actionsOf } from '../../contract/job-actions.ts';
import type { JsonValue } from '../../contract/json.ts';
import { ProblemError, violationsError } from '../../contract/problems/problem-error.ts';
import type { JobEdit } from '../../contract/schemas/draft-schemas.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ServiceStore } from '../../ports/service-store.ts';
import { selectVersion } from '../../services/select-version.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { type CheckInputsDeps, requireFewInputs } from '../inputs/check-inputs.ts';
import { editedIds } from '../inputs/submitted-inputs.ts';
import { type InputChange, writeUseLinks } from '../inputs/use-links.ts';
import type { Draft, Job } from '../model/job.ts';
import { draftLifetimeMs, impliedName, priorityMember } from '../model/job-start.ts';
import { idsOf, readInputs } from '../records/job-inputs.ts';
import {
  type DraftContent,
  maxDraftTransitions,
  mayBecomeDraft,
  readSubmittedParameters,
  withContent,
  withDraftStatus,
} from './draft-content.ts';
import { mergePatch } from './merge-patch.ts';

export interface EditDraftDeps extends CheckInputsDeps {
  readonly services: ServiceStore;
  readonly objects: ObjectStore;
  readonly links: Pick<JobLinks, 'add'>;
  readonly clock: Clock;
}

/** The draft after an edit, and the change of its inputs if there is one. */
export interface EditedDraft {
  readonly job: Job;
  readonly inputChange?: InputChange;
}

/**
 * Returns the draft after an edit of its content; whether it is complete follows from the edit and the
 * current service definition. The links to changed inputs are written already; the draft is not. Throws `invalid-request`, `service-not-found`, `ambiguous-version` and
 * `invalid-parameters`, `invalid-inputs` for too many inputs, and `illegal-transition` if the job has become a draft too often.
 */
export async function editDraft(
  deps: EditDraftDeps,
  job: Job,
  { edit, tryId }: { readonly edit: JobEdit; readonly tryId: string },
): Promise<EditedDraft> {
  const selected = await serviceAfter(deps, job, edit);
  const submitted = await readSubmittedParameters(deps, job);
  const before = idsOf(await readInputs(deps, job));
  const after = editedIds(before, edit.inputs);
  const inputChange = edit.inputs === undefined ? undefined : { before, after, tryId };
  if (inputChange !== undefined) {
    requireFewInputs(after);
    await writeUseLinks(deps, job, inputChange);
  }
  const content = {
    ...selected,
    submitted: parametersAfter(submitted, edit),
    ids: after,
    overrides: overridesAfter(job.draft?.overrides ?? {}, edit),
  };
  const { priority: _, ...rest } = await withContent(deps, job, content);
  if (rest.draft.missing.length > 0 && !mayBecomeDraft(job)) throw draftTooOftenProblem(job);
  const draft = {
    ...rest,
    ...priorityMember(edit.priority === undefined ? job.priority : edit.priority),
    name: nameAfter(job, selected.reference),
  };
  const now = deps.clock.now();
  return { job: withDraftStatus(draft, now, now + draftLifetimeMs), ...omitUndefined({ inputChange }) };
}

function draftTooOftenProblem({ status }: Job): ProblemError {
  const detail = `The job has become a draft ${maxDraftTransitions / 2} times and cannot become one again: edit it so that it stays ready, start it, abort it, or create a new job`;
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

/** A text selects a new version; the members of an object change only the name or the version. */
function selectorAfter(
  current: Job['service'],
  edit: NonNullable<JobEdit['service']>,
): NonNullable<Submission['service']> {
  if (typeof edit === 'string') return edit;
  const { name, version } = { ...current, ...edit };
  if (name === undefined) {
    throw violationsError('invalid-request', [
      { pointer: '/service/name', detail: 'is required', keyword: 'required' },
    ]);
  }
  return version === undefined || version === null ? { name } : { name, version };
}

/** If the patch removes the parameters, they are `{}`, as in a submission without parameters. */
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

/** A default name follows the service; a given name stays. */
function nameAfter(job: Job, service: Job['service']): string {
  return job.name === impliedName(job.service) ? impliedName(service) : job.name;
}

type MembersOf<Value> = { readonly [Member in keyof Value]?: Value[Member] | null | undefined };

/** A merge patch of the top-level members only. */
function mergeMembers<Value extends object>(value: Value, edit: MembersOf<Value>): Value {
  const members = new Map(Object.entries(value));
  for (const [name, member] of Object.entries(edit)) {
    if (member === null) members.delete(name);
    else if (member !== undefined) members.set(name, member);
  }
  return Object.fromEntries(members) as Value; // members of `value`, all of them optional, and of its type
}
