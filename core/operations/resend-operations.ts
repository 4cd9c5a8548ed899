import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OperationQueue } from '../ports/operations/operation-queue.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import { asError } from '../std/as-error.ts';
import { postponeResend } from './model/operation-steps.ts';

export interface ResendOperationsDeps {
  readonly operations: Pick<OperationStore, 'get' | 'replace' | 'listDue'>;
  readonly operationQueue: OperationQueue;
  readonly clock: Clock;
  readonly log: Log;
}

/** Maximum number of operations of one pass. */
const maxResent = 100;

/**
 * Queues the operations whose message or whose process was lost, and ended ones whose event is not published. A message too many is
 * harmless. Returns the number of queued operations; one that fails is queued by the next pass.
 */
export async function resendOperations(deps: ResendOperationsDeps): Promise<number> {
  let resent = 0;
  for (const key of await deps.operations.listDue(deps.clock.now(), maxResent)) {
    try {
      if (await resend(deps, key)) resent += 1;
    } catch (error) {
      deps.log.warn('operation-not-queued', { operationId: key.operationId, error: asError(error) });
    }
  }
  return resent;
}

async function resend(deps: ResendOperationsDeps, key: OperationKey): Promise<boolean> {
  const operation = await deps.operations.get(key);
  const now = deps.clock.now();
  if (operation?.nextCheckAt === undefined || operation.nextCheckAt > now) return false;
  await deps.operationQueue.send(key, 0);
  // After a conflict, another process has written the operation; a pass later may send one message too many.
  await deps.operations.replace(postponeResend(operation, now), operation.version);
  return true;
}
