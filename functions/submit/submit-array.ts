import type { APIGatewayProxyResult } from 'aws-lambda';
import { parseWire } from '../../core/contract/http/parse-wire.ts';
import { noQuery } from '../../core/contract/schemas/list-schemas.ts';
import { unparsedArraySubmission } from '../../core/contract/schemas/operations/array-schemas.ts';
import { submitArray } from '../../core/operations/submit-array.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { baseUrl, requireCaller, requireScope } from '../_shared/http/api-request.ts';
import { idempotencyOf } from '../_shared/http/new-job-headers.ts';
import { newOperationResponse } from '../_shared/http/operation-response.ts';
import { operationPorts } from '../_shared/operation-ports.ts';
import { type NewJobRequest, readNewJobRequest } from './new-job-request.ts';

/** Whether the body of a request for several jobs has a template instead of single submissions. */
export function isArraySubmission(body: unknown): boolean {
  return typeof body === 'object' && body !== null && ('template' in body || 'over' in body);
}

/** Creates an operation that submits a job for each element of a list. */
export async function submitArrayOperation(
  request: NewJobRequest,
  body: unknown,
): Promise<APIGatewayProxyResult> {
  const { deps, event } = request;
  const { input, key, responseOptions, requireScopeToReuse } = readNewJobRequest(request, noQuery);
  const { group, over, ...parsed } = parseWire(unparsedArraySubmission, body);
  const template = { ...omitUndefined({ group }), ...parsed.template };
  if (template.reuse !== undefined) requireScopeToReuse();
  // The jobs show the content of the data object.
  if ('dataId' in over) requireScope(requireCaller(event, 'jobs:write'), 'data:read');
  const { table, env } = deps.operationResources;
  const started = await submitArray(
    { ...deps, ...operationPorts(table, env) },
    { ...input, template, over, idempotency: idempotencyOf(key, 'submitJobs', body) },
  );
  return newOperationResponse({ isReader: responseOptions.isReader, baseUrl: baseUrl(event) }, started);
}
