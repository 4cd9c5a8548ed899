import { actionsOf } from '../../contract/job-actions.ts';
import { isUnstarted } from '../../contract/job-state.ts';
import type { JsonObject } from '../../contract/json.ts';
import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { JobEdit } from '../../contract/schemas/draft-schemas.ts';
import type { JobLinks } from '../../ports/job-links.ts';
import type { JobKey, JobStore } from '../../ports/job-store.ts';
import type { Random } from '../../ports/random.ts';
import { removeUseLinks } from '../inputs/use-links.ts';
import type { Decision } from '../model/decision.ts';
import type { Job } from '../model/job.ts';
import { impliedName } from '../model/job-start.ts';
import { differsOnlyInWriteMetadata, withWrite } from '../model/transition-job.ts';
import { missingJob } from '../records/missing-job.ts';
import { requireNotDeleting } from '../records/require-not-deleting.ts';
import { type JobPrecondition, requirePrecondition } from '../records/require-precondition.ts';
import { updateJob } from '../records/update-job.ts';
import { checkIndexedMetadata } from './check-indexed-metadata.ts';
import { checkMetadata } from './choose-service.ts';
import { type EditDraftDeps, type EditedDraft, editDraft } from './edit-draft.ts';
import { mergePatch } from './merge-patch.ts';

export interface EditJobDeps extends EditDraftDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace' | 'tombstone'>;
  readonly links: Pick<JobLinks, 'add' | 'remove'>;
  readonly random: Pick<Random, 'secret'>;
}

export interface EditJobInput {
  readonly key: JobKey;
  readonly edit: JobEdit;
  readonly meetsPrecondition: JobPrecondition;
  /** Throws if the job cannot be edited in this way. */
  readonly check?: (job: Job) => Promise<void>;
}

/** Members that can be edited in every state. */
const alwaysEditable: readonly string[] = ['name', 'tags', 'metadata'];

/**
 * Edits a job: its name, tags and metadata in every state, all other members until it is started. An edit
 * that changes nothing writes nothing. Throws `not-found`, `precondition-failed`, `illegal-transition`, and
 * the problems of a submission with these members; but invalid parameters and inputs, and metadata of a draft that
 * cannot be indexed, are no error of an edit: the draft lists them as missing.
 */
export async function editJob(
  deps: EditJobDeps,
  { key, edit, meetsPrecondition, check }: EditJobInput,
): Promise<Job> {
  const tryId = deps.random.secret();
  const edited = await updateJob(deps.jobs, key, async (job): Promise<Decision<EditedDraft>> => {
    if (job === undefined) throw await missingJob(deps.jobs, key);
    requirePrecondition(meetsPrecondition, job);
    await check?.(job);
    const result = await applyEdit(deps, job, { edit, tryId });
    return differsOnlyInWriteMetadata(job, result.job) ? { result: { job } } : { next: result.job, result };
  });
  if (edited.inputChange !== undefined) await removeUseLinks(deps, edited.job, edited.inputChange);
  return edited.job;
}

async function applyEdit(
  deps: EditJobDeps,
  job: Job,
  { edit, tryId }: { readonly edit: JobEdit; readonly tryId: string },
): Promise<EditedDraft> {
  if (isUnstarted(job.status)) {
    requireNotDeleting(job);
    // Whether the draft is complete depends on its metadata too.
    const metadata = metadataAfter(job, edit);
    const { job: draft, ...rest } = await editDraft(deps, { ...job, metadata }, { edit, tryId });
    return { job: withAlwaysEditable(draft, edit, metadata), ...rest };
  }
  const content = Object.entries(edit).flatMap(([member, value]) =>
    value === undefined || alwaysEditable.includes(member) ? [] : [member],
  );
  if (content.length === 0) {
    const metadata = metadataAfter(job, edit);
    if (edit.metadata !== undefined) checkIndexedMetadata(job.indexedMetadata ?? [], metadata);
    return { job: withAlwaysEditable(withWrite(job, deps.clock.now(), {}), edit, metadata) };
  }
  const detail = `${content.join(', ')} can be edited only before the job is started; the job is ${job.status}`;
  throw new ProblemError('illegal-transition', detail, { actions: actionsOf(job.status) });
}

function metadataAfter(job: Job, { metadata }: JobEdit): JsonObject {
  const merged = metadata === null ? {} : mergePatch(job.metadata, metadata ?? {});
  checkMetadata(merged);
  return merged;
}

function withAlwaysEditable(job: Job, { name, tags }: JobEdit, metadata: JsonObject): Job {
  return {
    ...job,
    ...(name === undefined ? {} : { name: name ?? impliedName(job.service) }),
    ...(tags === undefined ? {} : { tags: tags ?? [] }),
    metadata,
  };
}
