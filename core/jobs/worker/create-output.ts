import { isInMediaRanges } from '../../contract/media-type.ts';
import { violationsError } from '../../contract/problems/problem-error.ts';
import type { OutputRequest, OutputUpload } from '../../contract/schemas/worker-schemas.ts';
import { tombstoneOfData } from '../../data/data-tombstone.ts';
import { type DescribeUploadDeps, describeUpload } from '../../data/describe-upload.ts';
import { type InsertDataDeps, insertData } from '../../data/insert-data.ts';
import { contentKey, type DataObject } from '../../data/model/data-object.ts';
import type { ContentStore } from '../../ports/data/content-store.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import type { Decision } from '../model/decision.ts';
import type { ClaimedJob, Job } from '../model/job.ts';
import { withWrite } from '../model/transition-job.ts';
import { outputSlots, requireOutputSlot } from '../outputs/output-slots.ts';
import { updateJob } from '../records/update-job.ts';
import { readClaimedJob, refOf, requireCurrentClaim, type WorkerCaller } from './worker-access.ts';

export interface CreateOutputDeps extends InsertDataDeps, DescribeUploadDeps {
  readonly jobs: Pick<JobStore, 'get' | 'replace'>;
  readonly services: ServiceReader;
  readonly data: InsertDataDeps['data'] & Pick<DataStore, 'replaceWithTombstone'>;
  readonly contents: InsertDataDeps['contents'] &
    DescribeUploadDeps['contents'] &
    Pick<ContentStore, 'abortParts'>;
}

export interface CreateOutputInput {
  readonly caller: WorkerCaller;
  readonly slot: string;
  readonly output: OutputRequest;
  /** The URL of the slot at the worker routes; the URL of the object's parts follows from it. */
  readonly slotUrl: string;
}

const defaultMediaType = 'application/octet-stream';

/**
 * Creates a data object in an output slot for the worker of the current attempt. A repeated call creates another object, and the
 * newest one with content counts. The job is registered as one with outputs first, and is read again afterwards: a deletion of the
 * job sees the object, or this call sees the deletion and removes the object. Throws `unauthenticated`, `stale-attempt`,
 * `slot-not-found`, `invalid-inputs` for a media type that the slot does not accept, and `invalid-request`.
 */
export async function createOutput(deps: CreateOutputDeps, input: CreateOutputInput): Promise<OutputUpload> {
  const { caller, slot, output, slotUrl } = input;
  const found = await readClaimedJob(deps.jobs, caller);
  const { mediaTypes } = requireOutputSlot(await outputSlots(deps, found), slot);
  requireMediaType(output.mediaType ?? defaultMediaType, mediaTypes);
  const job = await updateJob(deps.jobs, refOf(caller), (current) =>
    registerOutput(current, caller, deps.clock.now()),
  );
  const { tenant, id: jobId, attempt } = job;
  const origin = { kind: 'job', jobId, attempt, slot } as const;
  const data = await insertData(deps, { tenant, origin, description: output });
  try {
    requireCurrentClaim(await deps.jobs.get(caller.key), caller);
  } catch (error) {
    await discardOutput(deps, data);
    throw error;
  }
  const upload = await describeUpload(deps, data, `${slotUrl}/${data.id}/parts`);
  if (upload === undefined) throw new Error(`The new data object ${data.id} cannot be uploaded`);
  return { id: data.id, upload, abort: job.status === 'aborting' };
}

function requireMediaType(mediaType: string, accepted: readonly string[] | undefined): void {
  if (accepted === undefined || isInMediaRanges(mediaType, accepted)) return;
  const detail = `is ${mediaType}, but the slot accepts ${accepted.join(', ')}`;
  throw violationsError('invalid-inputs', [{ pointer: '/mediaType', detail, keyword: 'mediaType' }]);
}

/** From then on, the end and the deletion of the job look for outputs. */
function registerOutput(current: Job | undefined, caller: WorkerCaller, now: number): Decision<ClaimedJob> {
  const job = requireCurrentClaim(current, caller);
  if (job.hasOutputs === true) return { result: job };
  const next = { ...withWrite(job, now, { hasOutputs: true }), claim: job.claim };
  return { next, result: next };
}

/** Removes an object whose upload was never described, so it has no content. */
async function discardOutput(
  { data: store, contents, clock }: CreateOutputDeps,
  data: DataObject,
): Promise<void> {
  const { tenant, id, upload, version } = data;
  if (upload?.kind === 'parts') await contents.abortParts(contentKey({ tenant, id }), upload.uploadId);
  await store.replaceWithTombstone(tombstoneOfData(data, { by: 'errand', now: clock.now() }), version);
}
