import { operationUrn } from '../contract/names.ts';
import type { OperationEvent } from '../contract/schemas/event-schemas.ts';
import { formatTime } from '../jobs/queries/represent-job.ts';
import type { Operation } from './model/operation.ts';

/** The event of the end of an operation; always the same for the same operation. `baseUrl` without a trailing slash. */
export function operationEvent(operation: Operation, baseUrl: string): OperationEvent {
  const { id, tenant, traceparent, work, status, matched, done, refused, failed } = operation;
  return {
    specversion: '1.0',
    id,
    source: baseUrl,
    type: `errand.operation.${status}`,
    subject: operationUrn(id),
    time: formatTime(operation.finishedAt ?? operation.updatedAt),
    datacontenttype: 'application/json',
    traceparent,
    tenant,
    data: { operation: { id, action: work.action, status, matched, done, refused, failed } },
  };
}
