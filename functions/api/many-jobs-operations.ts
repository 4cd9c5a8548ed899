import { parseIdempotencyKey } from '../../core/contract/http/idempotency-key.ts';
import { parseWire } from '../../core/contract/http/parse-wire.ts';
import type { JsonObject, JsonValue } from '../../core/contract/json.ts';
import { parseJobId } from '../../core/contract/names.ts';
import { ProblemError, violationsError } from '../../core/contract/problems/problem-error.ts';
import { abortRequest } from '../../core/contract/schemas/job-schemas.ts';
import {
  type NewOperation,
  newOperation,
  operationListQuery,
} from '../../core/contract/schemas/operation-schemas.ts';
import { summarizeJob } from '../../core/jobs/queries/represent-job.ts';
import { requestFingerprint } from '../../core/jobs/submission/request-fingerprint.ts';
import { parseTraceparent } from '../../core/jobs/submission/traceparent.ts';
import { abortOperation } from '../../core/operations/abort-operation.ts';
import { actOnJobs, type RequestedJobs } from '../../core/operations/act-on-jobs.ts';
import { maxChangesBytes } from '../../core/operations/create-operation.ts';
import { getOperation } from '../../core/operations/get-operation.ts';
import { listOperations } from '../../core/operations/list-operations.ts';
import { listRefusals } from '../../core/operations/list-refusals.ts';
import type { JobWork } from '../../core/operations/model/operation.ts';
import { previewAction } from '../../core/operations/preview-action.ts';
import { operationUrl, summarizeOperation } from '../../core/operations/represent-operation.ts';
import { waitForOperation } from '../../core/operations/wait-for-operation.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import {
  hasScope,
  header,
  readJsonBody,
  readOptionalJsonBody,
  readQuery,
  rejectQuery,
  requireScope,
} from '../_shared/http/api-request.ts';
import { preferenceApplied } from '../_shared/http/job-response.ts';
import {
  newOperationResponse,
  type OperationViewer,
  operationResponse,
} from '../_shared/http/operation-response.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { preconditionCheckOf } from '../_shared/http/preconditions.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { visibleProblem } from '../_shared/http/visible-problem.ts';
import { operationKeyOf } from '../_shared/operation-key.ts';
import { operationFilterOf } from './lists/job-filter.ts';
import type { ApiRequest, Operation } from './operation.ts';
import { requestedWait } from './wait-as-preferred.ts';

export const actOnJobsOperation: Operation = async (request) => {
  const { deps, event, caller } = request;
  rejectQuery(event);
  const body = readJsonBody(event);
  const requested = parseWire(newOperation, body);
  const work = workOf(requested, request);
  const jobs = jobsOf(requested);
  if (requested.dryRun === true) return preview(request, requested, jobs);
  const key = parseIdempotencyKey(header(event, 'idempotency-key'));
  // The body was parsed from JSON.
  const idempotency = key && { key, fingerprint: requestFingerprint('actOnJobs', body as JsonValue) };
  const started = await actOnJobs(deps, {
    tenant: caller.tenant,
    owner: caller.principal,
    traceparent: parseTraceparent(header(event, 'traceparent')),
    work,
    jobs,
    ...(idempotency === undefined || idempotency === '' ? {} : { idempotency }),
  });
  return newOperationResponse(viewerOf(request), started);
};

async function preview({ deps, caller, baseUrl }: ApiRequest, { action }: NewOperation, jobs: RequestedJobs) {
  // The sample describes the jobs.
  requireScope(caller, 'jobs:read');
  const { sample, ...counts } = await previewAction(deps, {
    tenant: caller.tenant,
    action,
    jobs: 'ids' in jobs ? jobs.ids : jobs.filter,
  });
  return jsonResponse(200, {
    action,
    ...counts,
    sample: sample.map((job) => summarizeJob(job, baseUrl)),
  });
}

export const listOperationsOperation: Operation = async ({ deps, event, caller, baseUrl }) => {
  const { cursor, limit } = readQuery(event, operationListQuery);
  const page = await listOperations(deps, { tenant: caller.tenant, cursor, limit: readLimit(limit) });
  const body = {
    items: page.operations.map((operation) => summarizeOperation(operation, baseUrl)),
    ...omitUndefined({ nextCursor: page.nextCursor }),
  };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const getOperationOperation: Operation = async (request) => {
  const { deps, event, params, caller } = request;
  rejectQuery(event);
  const key = operationKeyOf(caller.tenant, params);
  const wait = requestedWait(event);
  if (wait === undefined)
    return operationResponse(viewerOf(request), await getOperation(deps, key), { statusCode: 200 });
  const { operation, waitedFully } = await waitForOperation(deps, key, wait.seconds * 1000);
  const applied = preferenceApplied(waitedFully ? wait : undefined);
  return operationResponse(viewerOf(request), operation, {
    statusCode: 200,
    headers: omitUndefined({ 'Preference-Applied': applied }),
  });
};

export const listRefusalsOperation: Operation = async ({ deps, event, params, caller, baseUrl }) => {
  const { cursor, limit } = readQuery(event, operationListQuery);
  const key = operationKeyOf(caller.tenant, params);
  const page = await listRefusals(deps, { key, cursor, limit: readLimit(limit) });
  const viewer = { scopes: caller.scopes, refersToStoredJob: true };
  const body = {
    items: page.refusals.map(({ problem: { slug, detail }, ...refused }) => ({
      ...refused,
      problem: visibleProblem(new ProblemError(slug, detail), viewer),
    })),
    ...omitUndefined({ nextCursor: page.nextCursor }),
  };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl, page.nextCursor) });
};

export const abortOperationOperation: Operation = async (request) => {
  const { deps, event, params, caller, baseUrl } = request;
  rejectQuery(event);
  const { reason } = parseWire(abortRequest, readOptionalJsonBody(event));
  const operation = await abortOperation(deps, {
    key: operationKeyOf(caller.tenant, params),
    by: caller.principal,
    reason,
    meetsPrecondition: preconditionCheckOf(event),
  });
  if (operation.status !== 'running')
    return operationResponse(viewerOf(request), operation, { statusCode: 200 });
  const headers = { Location: operationUrl(operation.id, baseUrl) };
  return operationResponse(viewerOf(request), operation, { statusCode: 202, headers });
};

/** A key without `jobs:read` gets receipts. */
function viewerOf({ caller, baseUrl }: ApiRequest): OperationViewer {
  return { isReader: hasScope(caller, 'jobs:read'), baseUrl };
}

/** The work of a request; throws `forbidden` if it needs a further scope, as the route for one job does. */
function workOf(requested: NewOperation, { caller }: ApiRequest): JobWork {
  switch (requested.action) {
    case 'abort':
      return { action: 'abort', ...omitUndefined({ reason: requested.changes?.reason }) };
    case 'rerun': {
      const { changes = {} } = requested;
      checkSize(changes);
      return { action: 'rerun', changes };
    }
    case 'delete': {
      const cascade = listOf(requested.changes?.cascade);
      const withOutputs = cascade.includes('outputs');
      const withInputs = cascade.includes('inputs');
      if (withOutputs || withInputs) requireScope(caller, 'data:write');
      return { action: 'delete', withChildren: cascade.includes('children'), withOutputs, withInputs };
    }
    case 'tag': {
      const { addTags = [], removeTags = [] } = requested.changes;
      return { action: 'tag', addTags: [...new Set(addTags)], removeTags: [...new Set(removeTags)] };
    }
  }
}

function checkSize(changes: object): void {
  const sizeBytes = Buffer.byteLength(JSON.stringify(changes));
  if (sizeBytes <= maxChangesBytes) return;
  const detail = `must be at most ${maxChangesBytes} bytes of JSON, not ${sizeBytes}`;
  throw violationsError('invalid-request', [{ pointer: '/changes', detail, keyword: 'maxLength' }]);
}

function jobsOf({ filter, ids = [] }: NewOperation): RequestedJobs {
  // The schema requires one of the two. The filter was parsed from JSON.
  if (filter !== undefined) return { filter: operationFilterOf(filter), requested: filter as JsonObject };
  return { ids: [...new Set(ids.flatMap((text) => parseJobId(text) ?? []))] };
}

function listOf(list: string | readonly string[] | undefined): readonly string[] {
  return typeof list === 'string' ? list.split(',') : (list ?? []);
}
