import type { Clock } from '../../ports/clock.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import type { Operation } from '../model/operation.ts';
import { requestAbort, stalledMs } from '../model/operation-steps.ts';
import { commit } from './commit.ts';
import type { Step } from './step.ts';

/** After so many tries without progress, which take half an hour if reads fail, an operation is aborted. */
export const maxTries = 10;

/** An operation whose list of jobs or elements cannot be read because a service is busy is aborted after this time. */
const maxStallMs = 24 * 3_600_000;

/** Recorded as the principal that aborts such an operation. */
const errand = 'errand';

interface AbortItselfDeps {
  readonly operations: Pick<OperationStore, 'get' | 'replace'>;
  readonly clock: Clock;
}

/**
 * After a list of jobs or elements could not be read: tries again after a pause, because a service is `busy` or for another reason,
 * or aborts the operation if this has lasted for too long.
 */
export async function abortIfHopeless(
  deps: AbortItselfDeps,
  operation: Operation,
  { kind, reason }: { readonly kind: 'busy' | 'failed'; readonly reason: string },
): Promise<Step> {
  const isHopeless =
    kind === 'busy' ? stalledMs(operation, deps.clock.now()) >= maxStallMs : operation.tries >= maxTries;
  return isHopeless ? abortItself(deps, operation, reason) : { kind, operation };
}

/** Requests the abort of an operation that cannot continue; the next step ends it. */
export async function abortItself(
  deps: AbortItselfDeps,
  operation: Operation,
  reason: string,
): Promise<Step> {
  const written = await commit(deps, operation, (current) =>
    requestAbort(current, deps.clock.now(), { by: errand, reason }),
  );
  return written === undefined ? { kind: 'superseded' } : { kind: 'continue', operation: written };
}
