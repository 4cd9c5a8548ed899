import type { APIGatewayProxyEvent } from 'aws-lambda';
import { matchPath, segmentsOf } from '../../core/contract/http/match-path.ts';
import type { FollowLogDeps } from '../../core/events/log/follow-log.ts';
import { getEventsOperation, type LiveDeps } from './get-events.ts';
import { listEventsOperation } from './list-events.ts';
import type { StreamedResponse } from './streamed-response.ts';

/** Serves the routes whose responses may be streams. */
export function serveRequest(
  deps: LiveDeps & FollowLogDeps,
  event: APIGatewayProxyEvent,
): Promise<StreamedResponse> {
  const isLog = matchPath('/v1/events', segmentsOf(event.path)) !== undefined;
  return isLog ? listEventsOperation(deps, event) : getEventsOperation(deps, event);
}
