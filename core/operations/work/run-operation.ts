import type { EventBus } from '../../ports/event-bus.ts';
import type { OperationQueue } from '../../ports/operations/operation-queue.ts';
import type { OperationKey, OperationStore } from '../../ports/operations/operation-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { asError } from '../../std/as-error.ts';
import type { Operation } from '../model/operation.ts';
import {
  giveUpStep,
  hasUncountedJobs,
  isLeased,
  pauseMs,
  type ReleaseReason,
  releaseLease,
  takeLease,
} from '../model/operation-steps.ts';
import { type ActOnSliceDeps, actOnSlice, endStep } from './act-on-slice.ts';
import { commit } from './commit.ts';
import { countElements } from './count-elements.ts';
import { matchJobs } from './match-jobs.ts';
import { publishEnd } from './publish-end.ts';
import type { Step } from './step.ts';

export type RunOperationDeps = ActOnSliceDeps & {
  readonly operations: OperationStore;
  readonly operationQueue: OperationQueue;
  readonly bus: EventBus;
  readonly settings: Pick<Settings, 'apiBaseUrl' | 'reconcileAfterMs'>;
};

const maxTries = 5;

/**
 * Works on an operation until the end of the budget (epoch milliseconds), and queues it again if work is left. Does nothing if
 * another process works on it, or if it has ended and its event is published. A process that is interrupted at any point leaves an
 * operation that the reconciler queues again, and each job is counted once.
 */
export async function runOperation(
  deps: RunOperationDeps,
  key: OperationKey,
  { budgetEndsAt }: { readonly budgetEndsAt: number },
): Promise<void> {
  const started = await startWork(deps, key);
  if (started === undefined) return;
  let step: Step = { kind: 'continue', operation: started };
  while (step.kind === 'continue' && step.operation.status === 'running') {
    if (deps.clock.now() >= budgetEndsAt) break;
    step = await stepUnlessBusy(deps, step.operation, budgetEndsAt);
  }
  if (step.kind === 'superseded') return;
  if (step.operation.status === 'running') await queueAgain(deps, step);
  else await publishEnd(deps, step.operation);
}

/** The operation with a lease for this process, or an ended one whose event is to be published. */
async function startWork(deps: RunOperationDeps, key: OperationKey): Promise<Operation | undefined> {
  for (let tried = 0; tried < maxTries; tried += 1) {
    const stored = await deps.operations.get(key);
    if (stored === undefined) return undefined;
    if (stored.status !== 'running') return stored.nextCheckAt === undefined ? undefined : stored;
    const now = deps.clock.now();
    if (isLeased(stored, now)) return undefined;
    const leased = takeLease(stored, now);
    if ((await deps.operations.replace(leased, stored.version)) === 'replaced') return leased;
  }
  return undefined; // the reconciler queues it again
}

/** A step that a store could not record at the moment is repeated after a pause, like one that could not act. */
async function stepUnlessBusy(
  deps: RunOperationDeps,
  operation: Operation,
  budgetEndsAt: number,
): Promise<Step> {
  try {
    return await nextStep(deps, operation, budgetEndsAt);
  } catch (error) {
    if (!deps.isTransient(error)) throw error;
    deps.log.warn('operation-step-failed', { operationId: operation.id, error: asError(error) });
    const given = await commit(deps, operation, (current) => giveUpStep(current, deps.clock.now()));
    return given === undefined ? { kind: 'superseded' } : { kind: 'busy', operation: given };
  }
}

/** An abort takes effect as soon as all treated jobs are counted. */
function nextStep(deps: RunOperationDeps, operation: Operation, budgetEndsAt: number): Promise<Step> {
  const { abort, matching, selection } = operation;
  if (abort !== undefined && !hasUncountedJobs(operation)) return endStep(deps, operation, 'aborted');
  if (matching === undefined) return actOnSlice(deps, operation, budgetEndsAt);
  return selection.kind === 'elements'
    ? countElements(deps, operation, selection.source)
    : matchJobs(deps, operation);
}

/** Releases the lease first: the message may be delivered at once. The reconciler sends a message that is not sent here. */
async function queueAgain(
  deps: RunOperationDeps,
  { kind, operation }: Exclude<Step, { readonly kind: 'superseded' }>,
): Promise<void> {
  const reason: ReleaseReason = kind === 'continue' ? 'turn' : kind;
  const delaySeconds = pauseMs(operation, reason) / 1000;
  const released = await commit(deps, operation, (current) =>
    releaseLease(current, deps.clock.now(), reason),
  );
  if (released === undefined) return;
  await deps.operationQueue.send({ tenant: operation.tenant, operationId: operation.id }, delaySeconds);
}
