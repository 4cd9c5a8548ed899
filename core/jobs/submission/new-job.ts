import { parseJobId } from '../../contract/names.ts';
import type { Submission } from '../../contract/schemas/submission-schemas.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { digestMember } from '../../services/model/definition-digest.ts';
import { timeInId } from '../../std/id-time.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { dispatcherMember, effectiveLimits, effectivePolicy, indexedMember } from '../model/defaults.ts';
import type { Job } from '../model/job.ts';
import {
  draftLifetimeMs,
  firstCheckAt,
  firstStatus,
  impliedName,
  priorityMember,
} from '../model/job-start.ts';
import { inputsMember } from '../records/job-inputs.ts';
import { storeJson } from '../records/stored-json.ts';
import type { CheckedDraft } from './check-draft.ts';
import type { CheckedSubmission } from './choose-service.ts';
import type { NewJobId } from './create-once.ts';
import { derivedTraceparent } from './traceparent.ts';

/** The input of a new job, except for its checked service and parameters. */
export interface NewJobInput {
  readonly tenant: string;
  readonly owner: string;
  readonly submission: Submission;
  /** The traceparent of the caller, already validated. */
  readonly traceparent?: string | undefined;
  /** ID of the job of which this one is a rerun. */
  readonly rerunOf?: string;
}

/** Builds the job of a checked submission and stores its large bodies, but not the job itself. */
export async function newJob(
  deps: { readonly objects: ObjectStore; readonly settings: Pick<Settings, 'reconcileAfterMs'> },
  input: NewJobInput & (CheckedSubmission | CheckedDraft),
  { jobId: id, createdAt }: NewJobId,
): Promise<Job> {
  const { tenant, submission, service } = input;
  const store = (role: 'parameters' | 'request', json: string) =>
    storeJson(deps.objects, { tenant, jobId: id, role }, json);
  const { parameters, request } = input.parameters;
  const limits = effectiveLimits(submission, service?.definition);
  const { status, ...initialState } = initialStateOf(input, {
    createdAt: createdAt,
    checkAt: firstCheckAt(limits, createdAt, deps.settings.reconcileAfterMs),
  });
  return {
    tenant,
    id,
    name: submission.name ?? impliedName(service),
    status,
    ...(service === undefined ? {} : { service: { name: service.name, version: service.version } }),
    ...(input.kind === 'draft' ? {} : digestMember(service)),
    ...(input.kind === 'draft' ? {} : omitUndefined({ contentDigest: input.contentDigest })),
    tags: submission.tags ?? [],
    ...omitUndefined({ group: submission.group }),
    metadata: submission.metadata ?? {},
    ...indexedMember(service?.definition),
    parameters: await store('parameters', parameters),
    ...(request === undefined ? {} : { request: await store('request', request) }),
    ...(await inputsMember(deps, { tenant, id }, input.inputs)),
    ...omitUndefined({ rerunOf: input.rerunOf }),
    ...relationsOf(submission),
    ...priorityMember(submission.priority),
    ...dispatcherMember(service?.definition),
    policy: effectivePolicy(submission.retry, service?.definition.retry),
    limits,
    owner: input.owner,
    traceparent: input.traceparent ?? derivedTraceparent(id),
    requestedAt: timeInId(id),
    updatedAt: createdAt,
    attempt: 0,
    starts: 1,
    endedAttempts: [],
    ...initialState,
    transitions: [{ status, at: createdAt, attempt: 0 }],
    version: 1,
  };
}

/** The IDs of the jobs that a submission names. */
export function relationsOf({ parentId, dependsOn }: Submission): Pick<Job, 'parentId' | 'dependsOn'> {
  const parent = parentId && parseJobId(parentId);
  const dependencyIds = new Set(dependsOn?.flatMap((text) => parseJobId(text) ?? []));
  return {
    ...omitUndefined({ parentId: parent }),
    ...(dependencyIds.size === 0 ? {} : { dependsOn: [...dependencyIds] }),
  };
}

/** A new job waits to be run, unless it is a draft. */
function initialStateOf(
  input: NewJobInput & (CheckedSubmission | CheckedDraft),
  { createdAt, checkAt }: { readonly createdAt: number; readonly checkAt: number },
): Pick<Job, 'status' | 'draft' | 'nextCheckAt'> {
  if (input.kind === 'draft') {
    const { draft } = input;
    const status = draft.missing.length === 0 ? 'ready' : 'draft';
    return { status, draft, nextCheckAt: createdAt + draftLifetimeMs };
  }
  return { status: firstStatus(relationsOf(input.submission)), nextCheckAt: checkAt };
}
