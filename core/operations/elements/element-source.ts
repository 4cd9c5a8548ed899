import { ProblemError } from '../../contract/problems/problem-error.ts';
import { contentKey } from '../../data/model/data-object.ts';
import { objectPrefix } from '../../jobs/records/stored-json.ts';
import type { ElementSource } from '../model/operation.ts';

interface Owner {
  readonly tenant: string;
  readonly operationId: string;
}

/** The prefix of the elements of a request. It is that of a job with the ID of the operation, which no job has. */
export function elementsPrefix({ tenant, operationId }: Owner): string {
  return objectPrefix({ tenant, jobId: operationId });
}

/** The key of the elements of a request. */
export function elementsKey(owner: Owner): string {
  return `${elementsPrefix(owner)}elements.ndjson`;
}

/** The key of the object that contains the elements. */
export function sourceKey(owner: Owner, { dataId }: ElementSource): string {
  return dataId === undefined ? elementsKey(owner) : contentKey({ tenant: owner.tenant, id: dataId });
}

/** The problem of elements whose data object was deleted. */
export function deletedSource({ dataId = '' }: ElementSource): ProblemError {
  return new ProblemError(
    'data-deleted',
    `The data object ${dataId}, which contains the element, was deleted`,
  );
}
