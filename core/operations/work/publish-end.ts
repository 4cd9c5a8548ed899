import type { EventBus } from '../../ports/event-bus.ts';
import type { Log } from '../../ports/log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { OperationStore } from '../../ports/operations/operation-store.ts';
import type { Settings } from '../../ports/settings.ts';
import { elementsPrefix } from '../elements/element-source.ts';
import type { Operation } from '../model/operation.ts';
import { withPublishedEvent } from '../model/operation-steps.ts';
import { operationEvent } from '../operation-event.ts';

export interface PublishEndDeps {
  readonly operations: Pick<OperationStore, 'replace'>;
  readonly bus: EventBus;
  readonly objects: Pick<ObjectStore, 'removeAll'>;
  readonly log: Log;
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
}

/**
 * Publishes the event of an ended operation at least once: if the event is not accepted, or the process is interrupted before the
 * note that it was, the reconciler queues the operation again. The elements of the request are not needed any more and are removed.
 */
export async function publishEnd(deps: PublishEndDeps, operation: Operation): Promise<void> {
  const rejected = await deps.bus.publish([operationEvent(operation, deps.settings.apiBaseUrl)]);
  if (rejected.length > 0) {
    deps.log.warn('operation-event-not-published', { operationId: operation.id });
    return;
  }
  await removeElements(deps, operation);
  await deps.operations.replace(withPublishedEvent(operation), operation.version);
}

/** Removes the elements that were part of the request; the content of a data object stays. */
async function removeElements({ objects }: PublishEndDeps, operation: Operation): Promise<void> {
  const { tenant, id: operationId, selection } = operation;
  if (selection.kind === 'elements' && selection.source.dataId === undefined)
    await objects.removeAll(elementsPrefix({ tenant, operationId }));
}
