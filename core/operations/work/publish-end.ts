import type { EventBus } from '../../ports/event-bus.ts';
import type { Log } from '../../ports/log.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import type { Settings } from '../../ports/settings.ts';
import type { Operation } from '../model/operation.ts';
import { withPublishedEvent } from '../model/operation-steps.ts';
import { operationEvent } from '../operation-event.ts';

export interface PublishEndDeps {
  readonly operations: Pick<OperationStore, 'replace'>;
  readonly bus: EventBus;
  readonly log: Log;
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
}

/**
 * Publishes the event of an ended operation at least once: if the event is not accepted, or the process is interrupted before the
 * note that it was, the reconciler queues the operation again.
 */
export async function publishEnd(deps: PublishEndDeps, operation: Operation): Promise<void> {
  const rejected = await deps.bus.publish([operationEvent(operation, deps.settings.apiBaseUrl)]);
  if (rejected.length > 0) {
    deps.log.warn('operation-event-not-published', { operationId: operation.id });
    return;
  }
  await deps.operations.replace(withPublishedEvent(operation), operation.version);
}
