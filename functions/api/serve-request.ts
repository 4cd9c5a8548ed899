import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { matchRoute } from '../../core/contract/http/match-route.ts';
import { type Route, requiresKey } from '../../core/contract/routes/route.ts';
import { baseUrl, type Caller, callerFrom, requireScope } from '../_shared/http/api-request.ts';
import { noRoute, routeMethod, wrongMethod } from '../_shared/http/routing.ts';
import type { ApiDeps } from './operation.ts';
import { operations } from './operations.ts';

/** The caller of routes that require no API key. */
const anonymous: Caller = { tenant: '', principal: '', scopes: [] };

/** Routes a request to its operation; throws the problems of the route. */
export async function serveRequest(
  deps: ApiDeps,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  const match = matchRoute(routeMethod(event), event.path);
  if (match.kind === 'unknown') throw noRoute(event);
  if (match.kind === 'wrong-method') throw wrongMethod(event, match.allowed);
  const { route } = match;
  // API Gateway compares undecoded segments, so a needlessly percent-encoded path of another function arrives
  // here.
  if (route.servedBy !== 'api') throw noRoute(event);
  return operations[route.operationId]({
    deps,
    event,
    params: match.params,
    caller: callerOf(route, event),
    baseUrl: baseUrl(event),
  });
}

/** The caller of a request; throws `forbidden` when the API key lacks a scope that the route requires. */
function callerOf(route: Route, event: APIGatewayProxyEvent): Caller {
  if (!requiresKey(route)) return anonymous;
  const caller = callerFrom(event);
  for (const scope of [route.scope, route.furtherScope]) if (scope !== undefined) requireScope(caller, scope);
  return caller;
}
