import { ProblemError } from '../../contract/problems/problem-error.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import type { Operation } from '../model/operation.ts';

const maxTries = 10;

/**
 * Writes a change of an operation on which this process works. Other processes may have requested its abort in between: then the
 * change is applied to the stored operation. Undefined if another process has taken the operation over; then nothing is written.
 */
export async function commit(
  { operations }: { readonly operations: Pick<OperationStore, 'get' | 'replace'> },
  operation: Operation,
  change: (current: Operation) => Operation,
): Promise<Operation | undefined> {
  let current = operation;
  for (let tried = 0; tried < maxTries; tried += 1) {
    const next = change(current);
    if ((await operations.replace(next, current.version)) === 'replaced') return next;
    const stored = await operations.get({ tenant: operation.tenant, operationId: operation.id });
    if (stored?.status !== 'running' || stored.lease !== operation.lease) return undefined;
    current = stored;
  }
  throw new ProblemError('unavailable', `The operation ${operation.id} is being modified; try again`);
}
