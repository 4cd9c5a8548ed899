import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Log } from '../../../core/ports/log.ts';
import { asError } from '../../../core/std/as-error.ts';
import { answerProblem } from './answer.ts';
import type { HttpRequest } from './api-request.ts';
import { type ProblemViewer, visibleProblem } from './visible-problem.ts';

/**
 * Names and codes of errors that say no more than that a service is busy or away: the caller may try again. S3 has its
 * own: SlowDown, InternalError and RequestTimeout.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const passing =
  /Throttl|TooManyRequests|ProvisionedThroughputExceeded|RequestLimitExceeded|SlowDown|ServiceUnavailable|InternalServer|^InternalError|RequestTimeout|TimeoutError|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|EAI_AGAIN/;

/**
 * Turns whatever a handler throws into a problem answer, once. A problem is told as it is; anything else is logged
 * with its cause and told without a word of its inside.
 */
export function problems<Event extends HttpRequest = APIGatewayProxyEvent>(
  log: Log,
): MiddlewareObj<Event, APIGatewayProxyResult> {
  return {
    onError: (request) => {
      const { requestId } = request.event.requestContext;
      const error = toProblemError(request.error, log, requestId);
      const problem = visibleProblem(error, viewerOf(request.event));
      request.response = answerProblem(
        { ...problem, instance: request.event.path, requestId },
        error.headers,
      );
    },
  };
}

/** Who is answered. Below `/v1/jobs/` a request is about a job that is stored, but for a batch of new ones. */
export function viewerOf({ path, requestContext }: HttpRequest): ProblemViewer {
  const scopes: unknown = requestContext.authorizer?.['scopes'];
  return {
    scopes: typeof scopes === 'string' ? scopes.split(' ') : undefined,
    ofStoredJob: /^\/v1\/jobs\/(?!batch$)/.test(path),
  };
}

/** What a caller is told of any error; what is no problem yet is logged. */
export function toProblemError(error: unknown, log: Log, requestId: string): ProblemError {
  if (error instanceof ProblemError) return error;
  const known = asError(error);
  log.warn('request-failed', { requestId, error: known });
  const code = 'code' in known ? String(known.code) : '';
  if (passing.test(`${known.name} ${code}`)) {
    return new ProblemError('unavailable', 'Try again in a moment', { cause: known });
  }
  return new ProblemError('internal', 'The fault is logged under the request id', { cause: known });
}
