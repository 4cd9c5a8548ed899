import type { APIGatewayProxyEvent } from 'aws-lambda';
import { prefers } from '../../core/contract/http/accept.ts';
import { matchPath, segmentsOf } from '../../core/contract/http/match-path.ts';
import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import { eventListQuery } from '../../core/contract/schemas/list-schemas.ts';
import { readEventHistory } from '../../core/events/event-history.ts';
import { type FollowDeps, followEvents } from '../../core/events/follow-events.ts';
import { getEvents } from '../../core/events/get-events.ts';
import { representJob } from '../../core/jobs/queries/represent-job.ts';
import type { JobKey } from '../../core/ports/job-store.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { Settings } from '../../core/ports/settings.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { baseUrl, header, readQuery, rejectQuery, requireCaller } from '../_shared/http/api-request.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { jsonResponse } from '../_shared/http/responses.ts';
import { noRoute } from '../_shared/http/routing.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { bodyOf, eventStream } from './event-stream.ts';
import type { StreamedResponse } from './streamed-response.ts';

/** The ports of the event stream. */
export type LiveDeps = FollowDeps & {
  readonly objects: ObjectStore;
  readonly settings: Pick<Settings, 'apiBaseUrl'>;
};

/** Returns a page of a job's events or, if the client prefers `text/event-stream`, a live stream of them. */
export async function getEventsOperation(
  deps: LiveDeps,
  event: APIGatewayProxyEvent,
): Promise<StreamedResponse> {
  const { tenant } = requireCaller(event, 'jobs:read');
  const params = matchPath('/v1/jobs/{id}/events', segmentsOf(event.path));
  if (params === undefined) throw noRoute(event);
  const key = jobKeyOf(tenant, params);
  const prefersStream = prefers(header(event, 'accept'), 'text/event-stream', 'application/json');
  const response = await (prefersStream
    ? respondWithStream(deps, event, key)
    : respondWithPage(deps, event, key));
  return { ...response, headers: { ...response.headers, Vary: 'Accept' } };
}

async function respondWithPage(
  deps: LiveDeps,
  event: APIGatewayProxyEvent,
  key: JobKey,
): Promise<StreamedResponse> {
  const query = readQuery(event, eventListQuery);
  const { events, nextCursor } = await getEvents(deps, {
    key,
    baseUrl: deps.settings.apiBaseUrl,
    ...omitUndefined({ cursor: query.cursor }),
    limit: readLimit(query.limit),
  });
  const body = { items: events, ...omitUndefined({ nextCursor }) };
  return jsonResponse(200, body, { Link: nextLink(event, baseUrl(event), nextCursor) });
}

/** After status 204 a browser's `EventSource` does not reconnect. */
async function respondWithStream(
  deps: LiveDeps,
  event: APIGatewayProxyEvent,
  key: JobKey,
): Promise<StreamedResponse> {
  rejectQuery(event);
  const after = readLastEventId(header(event, 'last-event-id'));
  const { apiBaseUrl } = deps.settings;
  const history = await readEventHistory(deps, key, apiBaseUrl);
  if (after !== undefined && after > history.count) throw unknownEvent(String(after));
  if (after === history.count && history.isOver) return { statusCode: 204, body: '' };
  const headers = { 'Content-Type': 'text/event-stream' };
  if (event.httpMethod === 'HEAD') return { statusCode: 200, headers, body: '' };
  // An error up to here still leads to a problem response, because the stream has not started.
  const isNew = after === undefined && history.job !== undefined;
  const snapshot = isNew ? await representJob(deps, history.job, baseUrl(event)) : undefined;
  const disconnected = new AbortController();
  const events = followEvents(deps, {
    key,
    baseUrl: apiBaseUrl,
    after,
    history,
    disconnected: disconnected.signal,
  });
  return {
    statusCode: 200,
    headers,
    body: bodyOf(eventStream(events, snapshot), disconnected),
  };
}

/** Parses `Last-Event-ID`; throws `invalid-request` for a text that is never the ID of an event. */
function readLastEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw unknownEvent(text);
  return Number(text);
}

function unknownEvent(text: string): ProblemError {
  return new ProblemError(
    'invalid-request',
    `The job has no event with the ID ${text.slice(0, 20)} of the header Last-Event-ID: reconnect without it`,
  );
}
