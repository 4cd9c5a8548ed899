import type { Clock } from '../../ports/clock.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import type { Operation } from '../model/operation.ts';
import { requestAbort } from '../model/operation-steps.ts';
import { commit } from './commit.ts';
import type { Step } from './step.ts';

/** Recorded as the principal that aborts such an operation. */
const errand = 'errand';

/** Requests the abort of an operation that cannot continue; the next step ends it. */
export async function abortItself(
  deps: { readonly operations: Pick<OperationStore, 'get' | 'replace'>; readonly clock: Clock },
  operation: Operation,
  reason: string,
): Promise<Step> {
  const written = await commit(deps, operation, (current) =>
    requestAbort(current, deps.clock.now(), { by: errand, reason }),
  );
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}
