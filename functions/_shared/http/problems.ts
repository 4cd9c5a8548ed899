import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { isTransientError } from '../../../aws/system/transient-error.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Log } from '../../../core/ports/log.ts';
import { asError } from '../../../core/std/as-error.ts';
import type { HttpRequest } from './api-request.ts';
import { problemResponse } from './responses.ts';
import { type ProblemViewer, visibleProblem } from './visible-problem.ts';

/**
 * Middleware that converts an error of a handler to a problem response. A `ProblemError` is returned as it
 * is; any other error is logged with its cause and returned without internal details.
 */
export function problems<Event extends HttpRequest = APIGatewayProxyEvent>(
  log: Log,
): MiddlewareObj<Event, APIGatewayProxyResult> {
  return {
    onError: (request) => {
      const { requestId } = request.event.requestContext;
      const error = toProblemError(request.error, log, requestId);
      const problem = visibleProblem(error, viewerOf(request.event));
      request.response = problemResponse(
        { ...problem, instance: request.event.path, requestId },
        error.headers,
      );
    },
  };
}

/**
 * The viewer of a problem. A path below `/v1/jobs/` refers to a stored job, except `/v1/jobs/batch`, which
 * submits new jobs, and `/v1/jobs/actions`. The route table is not used, because the function of submissions does not load it.
 */
export function viewerOf({ path, requestContext }: HttpRequest): ProblemViewer {
  const scopes: unknown = requestContext.authorizer?.['scopes'];
  return {
    scopes: typeof scopes === 'string' ? scopes.split(' ') : undefined,
    refersToStoredJob: /^\/v1\/jobs\/(?!(?:batch|actions)$)/.test(path),
  };
}

/** Converts any error to a `ProblemError` for the caller; an error that is not one yet is logged. */
export function toProblemError(error: unknown, log: Log, requestId: string): ProblemError {
  if (error instanceof ProblemError) return error;
  const cause = asError(error);
  log.warn('request-failed', { requestId, error: cause });
  if (isTransientError(cause)) {
    return new ProblemError('unavailable', 'Errand is temporarily unavailable: retry in a few seconds', {
      cause,
    });
  }
  return new ProblemError('internal', 'The error was logged: report the request ID to the operator', {
    cause,
  });
}
