import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod/mini';
import { prefers } from '../../core/contract/http/accept.ts';
import { parseWait } from '../../core/contract/http/prefer.ts';
import { parseJobId } from '../../core/contract/names.ts';
import { eventLogQuery } from '../../core/contract/schemas/event-log-schemas.ts';
import { type FollowLogDeps, followLog, startFollowing } from '../../core/events/log/follow-log.ts';
import { listEvents, startPosition } from '../../core/events/log/list-events.ts';
import type { LogFilter } from '../../core/events/log/log-filter.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { baseUrl, header, readQuery, requireCaller } from '../_shared/http/api-request.ts';
import { preferenceApplied } from '../_shared/http/job-response.ts';
import { readLimit } from '../_shared/http/paging.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { bodyOf, logStream } from './event-stream.ts';
import type { StreamedResponse } from './streamed-response.ts';

/** The longest wait of every read. */
const maxWaitSeconds = 25;
/** A stream reads this many events at a time. */
const streamPageSize = 200;

/** Returns a page of the tenant's event log or, if the client prefers `text/event-stream`, a live stream. */
export async function listEventsOperation(
  deps: FollowLogDeps,
  event: APIGatewayProxyEvent,
): Promise<StreamedResponse> {
  const { tenant } = requireCaller(event, 'events:read');
  const prefersStream = prefers(header(event, 'accept'), 'text/event-stream', 'application/json');
  const response = await (prefersStream
    ? respondWithStream(deps, event, tenant)
    : respondWithPage(deps, event, tenant));
  return { ...response, headers: { ...response.headers, Vary: 'Accept' } };
}

async function respondWithPage(
  deps: FollowLogDeps,
  event: APIGatewayProxyEvent,
  tenant: string,
): Promise<StreamedResponse> {
  const query = readQuery(event, eventLogQuery);
  const wait = parseWait(
    { prefer: header(event, 'prefer'), timeout: header(event, 'timeout') },
    maxWaitSeconds,
  );
  const { events, position, waitedFully } = await listEvents(deps, {
    tenant,
    ...omitUndefined({ after: query.after }),
    filter: filterOf(query),
    limit: readLimit(query.limit),
    baseUrl: baseUrl(event),
    waitMs: (wait?.seconds ?? 0) * 1000,
  });
  const applied = waitedFully ? preferenceApplied(wait) : undefined;
  return jsonResponse(200, { items: events, position }, { 'Preference-Applied': applied });
}

/** After status 204 a browser's `EventSource` does not reconnect. */
async function respondWithStream(
  deps: FollowLogDeps,
  event: APIGatewayProxyEvent,
  tenant: string,
): Promise<StreamedResponse> {
  const query = readQuery(event, eventLogQuery);
  const lastEventId = header(event, 'last-event-id') || undefined;
  // A browser repeats the query when it reconnects.
  const position = await startPosition(deps, tenant, lastEventId ?? query.after);
  const start = await startFollowing(deps, {
    tenant,
    position,
    filter: filterOf(query),
    limit: streamPageSize,
    baseUrl: baseUrl(event),
  });
  if (start.isOver && lastEventId !== undefined) return { statusCode: 204, body: '' };
  const headers = { 'Content-Type': 'text/event-stream' };
  if (event.httpMethod === 'HEAD') return { statusCode: 200, headers, body: '' };
  // An error up to here still leads to a problem response, because the stream has not started.
  const disconnected = new AbortController();
  const messages = followLog(deps, start, disconnected.signal);
  return { statusCode: 200, headers, body: bodyOf(logStream(messages), disconnected) };
}

function filterOf({ type, service, tag, group, jobId }: z.infer<typeof eventLogQuery>): LogFilter {
  return omitUndefined({
    types: type?.split(','),
    services: service?.split(','),
    tag,
    group,
    jobIds: jobId?.split(',').flatMap((text) => parseJobId(text) ?? []),
  });
}
