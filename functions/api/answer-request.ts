import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchRoute } from '../../core/contract/match-route.ts';
import { ProblemError } from '../../core/contract/problem-error.ts';
import type { Scope } from '../../core/contract/route.ts';
import { answerWrongMethod } from '../_shared/answer-wrong-method.ts';
import { baseUrl, type Caller, callerWith } from '../_shared/api-request.ts';
import type { ApiDeps } from './operation.ts';
import { operations } from './operations.ts';

const nobody: Caller = { tenant: '', principal: '', scopes: [] };

/** Finds the operation of a request and lets it answer; throws the problems of the route. */
export async function answerRequest(
  deps: ApiDeps,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  const match = matchRoute(event.httpMethod, event.path);
  if (match.kind === 'unknown')
    throw new ProblemError('not-found', `There is nothing at ${event.path.slice(0, 200)}`);
  if (match.kind === 'wrong-method') return answerWrongMethod(event, match.allowed);
  const { route } = match;
  const scope: Scope | undefined = 'scope' in route ? route.scope : undefined;
  if (route.servedBy !== 'api') throw new Error(`${route.operationId} is served by another function`);
  return operations[route.operationId]({
    deps,
    event,
    params: match.params,
    caller: scope === undefined ? nobody : callerWith(event, scope),
    baseUrl: baseUrl(event),
  });
}
