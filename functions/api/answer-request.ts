import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchRoute } from '../../core/contract/http/match-route.ts';
import type { Scope } from '../../core/contract/routes/route.ts';
import { baseUrl, type Caller, callerWith } from '../_shared/http/api-request.ts';
import { nothingAt, routeMethod, wrongMethod } from '../_shared/http/no-route.ts';
import type { ApiDeps } from './operation.ts';
import { operations } from './operations.ts';

const nobody: Caller = { tenant: '', principal: '', scopes: [] };

/** Finds the operation of a request and lets it answer; throws the problems of the route. */
export async function answerRequest(
  deps: ApiDeps,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  const match = matchRoute(routeMethod(event), event.path);
  if (match.kind === 'unknown') throw nothingAt(event);
  if (match.kind === 'wrong-method') throw wrongMethod(event, match.allowed);
  const { route } = match;
  const scope: Scope | undefined = 'scope' in route ? route.scope : undefined;
  // API Gateway compares segments as they are sent: one that is percent-encoded needlessly leads here.
  if (route.servedBy !== 'api') throw nothingAt(event);
  return operations[route.operationId]({
    deps,
    event,
    params: match.params,
    caller: scope === undefined ? nobody : callerWith(event, scope),
    baseUrl: baseUrl(event),
  });
}
