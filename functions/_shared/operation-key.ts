import { parseOperationId } from '../../core/contract/names.ts';
import { missingOperation } from '../../core/operations/get-operation.ts';
import type { OperationKey } from '../../core/ports/operations/operation-store.ts';

/**
 * The key of the operation that a path identifies by its ID or URN. It contains the caller's tenant, so operations of other tenants
 * are never found. Throws `not-found` when the text is neither an ID nor a URN.
 */
export function operationKeyOf(tenant: string, params: Readonly<Record<string, string>>): OperationKey {
  const text = params['id'] ?? '';
  const operationId = parseOperationId(text);
  if (operationId === undefined) throw missingOperation(text.slice(0, 100));
  return { tenant, operationId };
}
