import { parseDataId } from '../../core/contract/names.ts';
import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import type { DataKey } from '../../core/ports/data/data-store.ts';

/**
 * The key of the data object that a path identifies by its ID or URN. It contains the caller's tenant, so objects of other tenants
 * are never found. Throws `not-found` when the text is neither an ID nor a URN.
 */
export function dataKeyOf(tenant: string, params: Readonly<Record<string, string>>): DataKey {
  const text = params['id'] ?? '';
  const dataId = parseDataId(text);
  if (dataId === undefined)
    throw new ProblemError('not-found', `The data object ${text.slice(0, 100)} does not exist`);
  return { tenant, dataId };
}
