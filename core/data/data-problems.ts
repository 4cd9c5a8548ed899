import { ProblemError } from '../contract/problems/problem-error.ts';
import type { DataKey, DataStore } from '../ports/data/data-store.ts';
import type { DataObject, DataTombstone } from './model/data-object.ts';

/** Returns whether a data object meets the caller's precondition (If-Match, If-None-Match). */
export type DataPrecondition = (current: DataObject) => boolean;

/** The problem of a missing data object: `data-deleted` if it has a tombstone, else `not-found`. Costs one read. */
export async function missingData(
  data: Pick<DataStore, 'tombstone'>,
  { tenant, dataId }: DataKey,
): Promise<ProblemError> {
  const tombstone = await data.tombstone({ tenant, dataId });
  if (tombstone === undefined)
    return new ProblemError('not-found', `The data object ${dataId} does not exist`);
  return deletedProblem(dataId, tombstone);
}

/** Throws `data-deleted` if the deletion of the data object was accepted: it will be completed, whatever is changed now. */
export function requireNotDeleted({ id, deletion }: DataObject): void {
  if (deletion?.accepted !== true) return;
  throw deletedProblem(id, { deletedAt: deletion.requestedAt, by: deletion.by });
}

function deletedProblem(
  id: string,
  { deletedAt, by }: Pick<DataTombstone, 'deletedAt' | 'by'>,
): ProblemError {
  const detail = `The data object ${id} was deleted`;
  return new ProblemError('data-deleted', detail, { deletedAt: new Date(deletedAt).toISOString(), by });
}

/** Throws `precondition-failed` if the data object does not meet the caller's precondition. */
export function requireDataPrecondition(
  meetsPrecondition: DataPrecondition | undefined,
  current: DataObject,
): void {
  if (meetsPrecondition === undefined || meetsPrecondition(current)) return;
  throw new ProblemError(
    'precondition-failed',
    `The current ETag of the data object is "${current.version}", which does not satisfy If-Match or If-None-Match; read the object again before you retry`,
  );
}

/** Throws `data-not-available` if the content cannot be read. */
export function requireAvailable({ id, status }: DataObject): void {
  if (status === 'available') return;
  const reason =
    status === 'uploading' ? 'its upload is not complete' : 'its upload was not completed in time';
  throw new ProblemError('data-not-available', `The data object ${id} has no content: ${reason}`);
}
