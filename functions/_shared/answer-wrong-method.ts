import type { APIGatewayProxyResult } from 'aws-lambda';
import { ProblemError, toProblem } from '../../core/contract/problem-error.ts';
import { answerProblem } from './answer.ts';
import type { HttpRequest } from './api-request.ts';

/** 405 for a path that is served by other methods, with what they are. */
export function answerWrongMethod(event: HttpRequest, allowed: readonly string[]): APIGatewayProxyResult {
  const methods = allowed.join(', ');
  const problem = toProblem(
    new ProblemError('method-not-allowed', `Use ${methods} here, not ${event.httpMethod}`),
  );
  const { requestId } = event.requestContext;
  return answerProblem({ ...problem, instance: event.path, requestId }, { Allow: methods });
}
