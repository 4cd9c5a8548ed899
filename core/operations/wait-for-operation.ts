import { type LeaseDeps, takeLease } from '../jobs/waiting/leases.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import { getOperation } from './get-operation.ts';
import type { Operation } from './model/operation.ts';

export interface WaitForOperationDeps extends LeaseDeps {
  readonly operations: Pick<OperationStore, 'get'>;
}

/** The result of a long poll. */
export interface LongPolledOperation {
  readonly operation: Operation;
  /** False if the wait was cut short: the operation is running and the time was not over. */
  readonly waitedFully: boolean;
}

const pauseMs = 500;

/**
 * Waits until the operation has ended, for at most `waitMs`, which is less than a lease lasts, and only while the limits of long
 * polls allow it. Throws `not-found`.
 */
export async function waitForOperation(
  deps: WaitForOperationDeps,
  key: OperationKey,
  waitMs: number,
): Promise<LongPolledOperation> {
  const { clock } = deps;
  const endsAt = clock.now() + waitMs;
  const isOver = ({ status }: Operation) => status !== 'running' || clock.now() >= endsAt;
  let operation = await getOperation(deps, key);
  if (isOver(operation)) return { operation, waitedFully: true };
  const lease = await takeLease(deps, key.tenant, endsAt);
  if (lease === undefined) return { operation, waitedFully: false };
  try {
    while (!isOver(operation)) {
      await clock.sleep(Math.min(pauseMs, Math.max(0, endsAt - clock.now())));
      operation = await getOperation(deps, key);
    }
    return { operation, waitedFully: true };
  } finally {
    await lease.release();
  }
}
