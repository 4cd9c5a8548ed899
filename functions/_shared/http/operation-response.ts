import type { APIGatewayProxyResult } from 'aws-lambda';
import type { StartedOperation } from '../../../core/operations/create-operation.ts';
import type { Operation } from '../../../core/operations/model/operation.ts';
import {
  operationUrl,
  receiptOfOperation,
  representOperation,
} from '../../../core/operations/represent-operation.ts';
import { etagOf } from './etag.ts';
import { jsonResponse } from './responses.ts';

/** Seconds after which a running operation is worth another request. */
const pollSeconds = '2';

/** Who gets the response, and the base URL of its links. */
export interface OperationViewer {
  /** Whether the caller may read jobs; otherwise the response is a receipt. */
  readonly isReader: boolean;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** A response with an operation. */
export function operationResponse(
  { isReader, baseUrl }: OperationViewer,
  operation: Operation,
  {
    statusCode,
    headers = {},
  }: { readonly statusCode: number; readonly headers?: Readonly<Record<string, string>> },
): APIGatewayProxyResult {
  const show = isReader ? representOperation : receiptOfOperation;
  return jsonResponse(statusCode, show(operation, baseUrl), {
    ETag: etagOf(operation),
    'Retry-After': operation.status === 'running' ? pollSeconds : undefined,
    ...headers,
  });
}

/** The response to a request that creates an operation. */
export function newOperationResponse(
  viewer: OperationViewer,
  { operation, replayed }: StartedOperation,
): APIGatewayProxyResult {
  const headers = {
    Location: operationUrl(operation.id, viewer.baseUrl),
    ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
  };
  return operationResponse(viewer, operation, { statusCode: 202, headers });
}
