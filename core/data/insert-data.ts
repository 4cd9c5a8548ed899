import { parseTimestamp } from '../contract/date-time.ts';
import { violationsError } from '../contract/problems/problem-error.ts';
import type { NewData } from '../contract/schemas/data-schemas.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContentStore } from '../ports/data/content-store.ts';
import type { DataStore } from '../ports/data/data-store.ts';
import type { Random } from '../ports/random.ts';
import type { Settings } from '../ports/settings.ts';
import { timeInId } from '../std/id-time.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { missingData } from './data-problems.ts';
import { contentKey, type DataObject, type DataOrigin, type Upload } from './model/data-object.ts';
import { planUpload } from './upload-plan.ts';

export interface InsertDataDeps {
  readonly data: Pick<DataStore, 'insert' | 'get' | 'tombstone'>;
  readonly contents: Pick<ContentStore, 'beginParts'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'jobId'>;
  readonly settings: Pick<Settings, 'dataRetentionDays'>;
}

/** The description of a new data object; the size may be unknown only for an output of a job. */
export type NewDataObject = Omit<NewData, 'sizeBytes'> & { readonly sizeBytes?: number | undefined };

export interface InsertDataInput {
  readonly tenant: string;
  readonly origin: DataOrigin;
  readonly description: NewDataObject;
  /** The ID that an earlier try of the same request reserved. */
  readonly dataId?: string;
}

/** How long an upload may take: the bucket discards the parts of an incomplete upload after the same time. */
export const uploadLifetimeMs = 7 * 86_400_000;

const dayMs = 86_400_000;

const defaultMediaType = 'application/octet-stream';

/**
 * Stores a new data object whose content is still to be uploaded; `describeUpload` returns the URLs. Without `expiresAt`, it expires
 * after the retention period. If a crash separates the two steps, the bucket discards the upload without an object, and nothing else
 * is left. Throws `invalid-request` for an `expiresAt` in the past, and `data-deleted` if the object with the reserved ID was created and
 * deleted before.
 */
export async function insertData(deps: InsertDataDeps, input: InsertDataInput): Promise<DataObject> {
  const now = deps.clock.now();
  const { tenant, origin, description } = input;
  const id = input.dataId ?? deps.random.jobId(now);
  const expiresAt = expiryOf(description.expiresAt, now) ?? defaultExpiry(deps.settings, now);
  const data: DataObject = {
    tenant,
    id,
    name: description.name,
    mediaType: description.mediaType ?? defaultMediaType,
    ...omitUndefined({ sizeBytes: description.sizeBytes, expectedSha256: description.sha256, expiresAt }),
    status: 'uploading',
    tags: description.tags ?? [],
    origin,
    upload: await beginUpload(deps, contentKey({ tenant, id }), description.sizeBytes),
    updatedAt: Math.max(now, timeInId(id)),
    nextCheckAt: Math.min(now + uploadLifetimeMs, expiresAt ?? Number.POSITIVE_INFINITY),
    version: 1,
  };
  if ((await deps.data.insert(data)) === 'inserted') return data;
  const existing = await deps.data.get({ tenant, dataId: id });
  // Deleted since an earlier try of the same request has created it.
  if (existing === undefined) throw await missingData(deps.data, { tenant, dataId: id });
  return existing;
}

async function beginUpload(
  { contents }: InsertDataDeps,
  key: string,
  sizeBytes: number | undefined,
): Promise<Upload> {
  const plan = planUpload(sizeBytes);
  return plan.kind === 'single' ? plan : { ...plan, uploadId: await contents.beginParts(key) };
}

/** Undefined without a retention period. */
function defaultExpiry({ dataRetentionDays }: InsertDataDeps['settings'], now: number): number | undefined {
  return dataRetentionDays === 0 ? undefined : now + dataRetentionDays * dayMs;
}

/** When a data object was created, in epoch milliseconds. */
export function createdAtOf({ id }: Pick<DataObject, 'id'>): number {
  return timeInId(id);
}

/** Parses the expiry of a data object. Throws `invalid-request` for a time that has passed. */
export function expiryOf(text: string | undefined, now: number): number | undefined {
  const expiresAt = text === undefined ? undefined : parseTimestamp(text);
  if (expiresAt === undefined || expiresAt > now) return expiresAt;
  const detail = `must be in the future: it is now ${new Date(now).toISOString()}`;
  throw violationsError('invalid-request', [{ pointer: '/expiresAt', detail, keyword: 'minimum' }]);
}
