import type { JsonObject } from '../contract/json.ts';
import { operationUrn } from '../contract/names.ts';
import type {
  OperationReceipt,
  OperationRepresentation,
  OperationSummary,
} from '../contract/schemas/operation-schemas.ts';
import { formatTime } from '../jobs/queries/represent-job.ts';
import { omitUndefined } from '../std/omit-undefined.ts';
import { type Operation, type OperationWork, type Selection, treatedJobs } from './model/operation.ts';

/** URL of an operation; `baseUrl` without a trailing slash. */
export function operationUrl(id: string, baseUrl: string): string {
  return `${baseUrl}/v1/operations/${id}`;
}

/** An operation for callers that may not read jobs: without counts, which depend on the jobs. */
export function receiptOfOperation(operation: Operation, baseUrl: string): OperationReceipt {
  const { id, work, status, createdAt, updatedAt, finishedAt } = operation;
  return {
    id,
    urn: operationUrn(id),
    action: work.action,
    status,
    createdAt: formatTime(createdAt),
    updatedAt: formatTime(updatedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: formatTime(finishedAt) }),
    links: linksOf(operation, operationUrl(id, baseUrl)),
  };
}

/** An operation as it is shown in a list. */
export function summarizeOperation(operation: Operation, baseUrl: string): OperationSummary {
  const { owner, matched, done, refused, failed, abort, expiresAt, version } = operation;
  return {
    ...receiptOfOperation(operation, baseUrl),
    owner,
    phase: phaseOf(operation),
    matched,
    done,
    refused,
    failed,
    completion: completionOf(operation),
    ...(abort === undefined ? {} : { abort: { ...abort, requestedAt: formatTime(abort.requestedAt) } }),
    expiresAt: formatTime(expiresAt),
    version,
  };
}

/** An operation with its filter and its changes, or with its template and its data object. */
export function representOperation(operation: Operation, baseUrl: string): OperationRepresentation {
  const { selection, work } = operation;
  return {
    ...summarizeOperation(operation, baseUrl),
    ...(selection.kind === 'filter' ? { filter: selection.requested } : {}),
    ...omitUndefined({ changes: changesOf(work) }),
    ...(work.action === 'submit' ? { template: work.template as JsonObject } : {}), // parsed from JSON
    ...overMember(selection),
  };
}

function overMember(selection: Selection): Pick<OperationRepresentation, 'over'> {
  if (selection.kind !== 'elements' || selection.source.dataId === undefined) return {};
  return { over: { dataId: selection.source.dataId } };
}

function linksOf({ status }: Operation, self: string): OperationReceipt['links'] {
  const abort = status === 'running' ? { abort: `${self}/abort` } : {};
  return { self, refusals: `${self}/refusals`, ...abort };
}

function phaseOf({ status, matching }: Operation): OperationSummary['phase'] {
  if (status !== 'running') return 'ended';
  return matching === undefined ? 'acting' : 'matching';
}

/** Rounded down, so that only an operation that has treated all jobs has 1. */
function completionOf(operation: Operation): number {
  if (operation.matching !== undefined) return 0;
  if (operation.matched === 0) return operation.status === 'aborted' ? 0 : 1;
  return Math.floor((treatedJobs(operation) / operation.matched) * 1000) / 1000;
}

function changesOf(work: OperationWork): JsonObject | undefined {
  switch (work.action) {
    case 'abort':
      return work.reason === undefined ? undefined : { reason: work.reason };
    case 'rerun':
      return Object.keys(work.changes).length === 0 ? undefined : (work.changes as JsonObject); // parsed from JSON
    case 'delete': {
      const { withChildren, withOutputs, withInputs } = work;
      const cascade = [
        ...(withChildren ? ['children'] : []),
        ...(withOutputs ? ['outputs'] : []),
        ...(withInputs ? ['inputs'] : []),
      ];
      return cascade.length === 0 ? undefined : { cascade };
    }
    case 'tag':
      return { addTags: [...work.addTags], removeTags: [...work.removeTags] };
    case 'submit':
      return undefined;
  }
}
