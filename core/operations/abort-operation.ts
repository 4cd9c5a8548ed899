import { ProblemError } from '../contract/problems/problem-error.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { OperationQueue } from '../ports/operations/operation-queue.ts';
import type { OperationKey, OperationStore } from '../ports/operations/operation-store.ts';
import { asError } from '../std/as-error.ts';
import { getOperation } from './get-operation.ts';
import type { Operation } from './model/operation.ts';
import { endOperation, hasUncountedJobs, requestAbort } from './model/operation-steps.ts';

export interface AbortOperationDeps {
  readonly operations: Pick<OperationStore, 'get' | 'replace'>;
  readonly operationQueue: OperationQueue;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AbortOperationInput {
  readonly key: OperationKey;
  /** The principal that requests the abort. */
  readonly by: string;
  readonly reason?: string | undefined;
  /** Returns whether the operation meets the caller's precondition. */
  readonly meetsPrecondition?: (current: Operation) => boolean;
}

const maxTries = 10;

/**
 * Requests that an operation stops. It is aborted at once if no process works on it; otherwise the jobs that are being treated are
 * finished and counted first. A repeated request changes nothing. Throws `not-found`, `precondition-failed`, and `operation-ended`
 * if the operation has succeeded.
 */
export async function abortOperation(
  deps: AbortOperationDeps,
  { key, by, reason, meetsPrecondition }: AbortOperationInput,
): Promise<Operation> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const stored = await getOperation(deps, key);
    if (meetsPrecondition?.(stored) === false) throw changed(stored);
    if (stored.status === 'succeeded')
      throw new ProblemError(
        'operation-ended',
        'The operation has already succeeded: all of its jobs were processed',
      );
    if (stored.status === 'aborted' || stored.abort !== undefined) return stored;
    const now = deps.clock.now();
    const requested = requestAbort(stored, now, { by, reason });
    const next = isIdle(stored) ? endAtOnce(requested, now) : requested;
    if ((await deps.operations.replace(next, stored.version)) === 'conflict') continue;
    if (next.status === 'aborted') await sendToPublish(deps, key);
    return next;
  }
  throw new ProblemError('unavailable', `The operation ${key.operationId} is being modified; try again`);
}

/** Whether no process works on the operation, and all treated jobs are counted. */
function isIdle(operation: Operation): boolean {
  return operation.leasedUntil === undefined && !hasUncountedJobs(operation);
}

/** The abort and the end are one write. */
function endAtOnce(requested: Operation, now: number): Operation {
  return { ...endOperation(requested, 'aborted', now), version: requested.version };
}

/** The event of the end is published by the function that works on operations; the reconciler sends a message that fails here. */
async function sendToPublish(deps: AbortOperationDeps, key: OperationKey): Promise<void> {
  try {
    await deps.operationQueue.send(key, 0);
  } catch (error) {
    deps.log.warn('operation-not-queued', { operationId: key.operationId, error: asError(error) });
  }
}

function changed({ version }: Operation): ProblemError {
  const detail = `The current ETag of the operation is "${version}", which does not satisfy If-Match or If-None-Match; read the operation again before you retry`;
  return new ProblemError('precondition-failed', detail);
}
