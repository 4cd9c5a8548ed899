import type { Readable } from 'node:stream';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { prefers } from '../../core/contract/http/accept.ts';
import { matchPath, segmentsOf } from '../../core/contract/http/match-path.ts';
import { ProblemError } from '../../core/contract/problems/problem-error.ts';
import { eventListQuery } from '../../core/contract/schemas/list-schemas.ts';
import { readEventLog } from '../../core/events/event-log.ts';
import { type FollowDeps, followEvents } from '../../core/events/follow-events.ts';
import { getEvents } from '../../core/events/get-events.ts';
import { representJob } from '../../core/jobs/queries/represent-job.ts';
import type { JobKey } from '../../core/ports/job-store.ts';
import type { ObjectStore } from '../../core/ports/object-store.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import { answerJson } from '../_shared/http/answer.ts';
import { baseUrl, callerWith, header, readQuery, refuseQuery } from '../_shared/http/api-request.ts';
import { nothingAt } from '../_shared/http/no-route.ts';
import { nextLink, readLimit } from '../_shared/http/paging.ts';
import { jobKeyOf } from '../_shared/job-key.ts';
import { bodyOf, eventStream } from './event-stream.ts';

export type LiveDeps = FollowDeps & { readonly objects: ObjectStore };

/** An answer whose body may be sent bit by bit. */
export interface StreamedAnswer extends Omit<APIGatewayProxyResult, 'body'> {
  readonly body: string | Readable;
}

/** A page of a job's events, or to those who accept it a stream of them that goes on as they happen. */
export async function getEventsOperation(
  deps: LiveDeps,
  event: APIGatewayProxyEvent,
): Promise<StreamedAnswer> {
  const { tenant } = callerWith(event, 'jobs:read');
  const params = matchPath('/v1/jobs/{id}/events', segmentsOf(event.path));
  if (params === undefined) throw nothingAt(event);
  const key = jobKeyOf(tenant, params);
  const asStream = prefers(header(event, 'accept'), 'text/event-stream', 'application/json');
  const answer = await (asStream ? streamOf(deps, event, key) : pageOf(deps, event, key));
  return { ...answer, headers: { ...answer.headers, Vary: 'Accept' } };
}

async function pageOf(deps: LiveDeps, event: APIGatewayProxyEvent, key: JobKey): Promise<StreamedAnswer> {
  const query = readQuery(event, eventListQuery);
  const { events, nextCursor } = await getEvents(deps, {
    key,
    baseUrl: baseUrl(event),
    ...omitUndefined({ cursor: query.cursor }),
    limit: readLimit(query.limit),
  });
  const body = { items: events, ...omitUndefined({ nextCursor }) };
  return answerJson(200, body, { Link: nextLink(event, baseUrl(event), nextCursor) });
}

/** 204 tells a browser that comes again not to do so any more. */
async function streamOf(deps: LiveDeps, event: APIGatewayProxyEvent, key: JobKey): Promise<StreamedAnswer> {
  refuseQuery(event);
  const after = readLastEventId(header(event, 'last-event-id'));
  const address = baseUrl(event);
  const log = await readEventLog(deps, key, address);
  if (after !== undefined && after > log.count) throw unknownEvent(String(after));
  if (after === log.count && log.isOver) return { statusCode: 204, body: '' };
  const headers = { 'Content-Type': 'text/event-stream' };
  if (event.httpMethod === 'HEAD') return { statusCode: 200, headers, body: '' };
  // What fails here can still be answered as a problem.
  const isNew = after === undefined && log.job !== undefined;
  const snapshot = isNew ? await representJob(deps, log.job, address) : undefined;
  const readerGone = new AbortController();
  const told = followEvents(deps, { key, baseUrl: address, after, log, disconnected: readerGone.signal });
  return {
    statusCode: 200,
    headers,
    body: bodyOf(eventStream(told, snapshot), readerGone),
  };
}

/** Throws `invalid-request` for what this stream never gave as an id. */
function readLastEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw unknownEvent(text);
  return Number(text);
}

function unknownEvent(text: string): ProblemError {
  return new ProblemError('invalid-request', `The job has no event ${text.slice(0, 20)} (Last-Event-ID)`);
}
