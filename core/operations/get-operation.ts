import { ProblemError } from '../contract/problems/problem-error.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import type { Operation } from './model/operation.ts';

/** The current state of an operation. Throws `not-found`, also after its records have expired. */
export async function getOperation(
  { operations }: { readonly operations: Pick<OperationStore, 'get'> },
  key: OperationKey,
): Promise<Operation> {
  const operation = await operations.get(key);
  if (operation === undefined) throw missingOperation(key.operationId);
  return operation;
}

/** The problem of an operation that does not exist. */
export function missingOperation(operationId: string): ProblemError {
  return new ProblemError('not-found', `The operation ${operationId} does not exist`);
}
