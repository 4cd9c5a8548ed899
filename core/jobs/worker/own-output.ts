import { ProblemError } from '../../contract/problems/problem-error.ts';
import { getData } from '../../data/get-data.ts';
import type { DataObject } from '../../data/model/data-object.ts';
import type { DataStore } from '../../ports/data/data-store.ts';
import type { ClaimedJob } from '../model/job.ts';

/** A data object as a worker names it in a path. */
export interface OutputKey {
  readonly slot: string;
  readonly dataId: string;
}

/** Reads a data object that the current attempt writes to a slot. Throws `not-found` and `data-deleted`. */
export async function getOwnOutput(
  deps: { readonly data: Pick<DataStore, 'get' | 'tombstone'> },
  job: ClaimedJob,
  { slot, dataId }: OutputKey,
): Promise<DataObject> {
  const data = await getData(deps, { tenant: job.tenant, dataId });
  requireOwnOutput(job, slot, data);
  return data;
}

/** Throws `not-found` for a data object of another job, attempt or slot. */
export function requireOwnOutput(job: ClaimedJob, slot: string, { id, origin }: DataObject): void {
  const isOwn =
    origin.kind === 'job' &&
    origin.jobId === job.id &&
    origin.attempt === job.attempt &&
    origin.slot === slot;
  if (!isOwn)
    throw new ProblemError('not-found', `This attempt has created no data object ${id} in the slot ${slot}`);
}
