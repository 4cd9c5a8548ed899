import { AwsError } from '../aws-error.ts';
import type { JsonRecord } from '../json.ts';
import { type StoredEvent, scanFunctionEvents } from './function-events.ts';
import { offsetOf, tokenAt } from './page-token.ts';

/** A request for lines of a log group, oldest first. */
export interface EventQuery {
  readonly group: string;
  readonly token: string | undefined;
  readonly limit: number;
  /** Epoch milliseconds; the end is not included. */
  readonly startAt: number;
  readonly endAt: number;
}

/** Which lines a page contains. */
type Selects = (event: StoredEvent) => boolean;

/**
 * Serves GetLogEvents for a stream of a function. As on AWS, a page before the end may be empty, and the token of the last page is
 * the token of the request.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export function getFunctionEvents(
  directory: string,
  query: EventQuery & { readonly stream: string },
): JsonRecord {
  const from = query.token === undefined ? 0 : offsetOf(query.token);
  if (query.token === undefined) requireStream(directory, query);
  const { events, next, isEnd } = selectEvents(directory, query, (event) => event.stream === query.stream);
  const isUnchanged = isEnd && events.length === 0 && query.token !== undefined;
  return {
    events: events.map(({ at, message }) => ({ timestamp: at, message, ingestionTime: at })),
    nextForwardToken: tokenAt('f', isUnchanged ? from : next),
    nextBackwardToken: tokenAt('b', from),
  };
}

/**
 * Serves FilterLogEvents for a log group of a function. The pattern is one term in quotation marks.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function filterFunctionEvents(
  directory: string,
  query: EventQuery & { readonly text: string },
): JsonRecord {
  const { events, next, isEnd } = selectEvents(directory, query, ({ message }) =>
    message.includes(query.text),
  );
  return {
    events: events.map((event) => ({
      logStreamName: event.stream,
      timestamp: event.at,
      message: event.message,
      ingestionTime: event.at,
      eventId: String(event.next).padStart(56, '0'),
    })),
    searchedLogStreams: [],
    ...(isEnd ? {} : { nextToken: tokenAt('f', next) }),
  };
}

/** Reads one part of the group, and less of it if the page is full before. */
function selectEvents(directory: string, query: EventQuery, selects: Selects) {
  const from = query.token === undefined ? 0 : offsetOf(query.token);
  const { events, next, isEnd } = scanFunctionEvents(directory, query.group, {
    from,
    startAt: query.startAt,
  });
  const selected = events.filter(
    (event) => event.at >= query.startAt && event.at < query.endAt && selects(event),
  );
  const page = selected.slice(0, query.limit);
  const last = page.at(-1);
  return page.length < selected.length && last !== undefined
    ? { events: page, next: last.next, isEnd: false }
    : { events: page, next, isEnd };
}

function requireStream(
  directory: string,
  { group, stream }: { readonly group: string; readonly stream: string },
): void {
  for (let from = 0; ; ) {
    const { events, next, isEnd } = scanFunctionEvents(directory, group, { from });
    if (events.some((event) => event.stream === stream)) return;
    if (isEnd) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    from = next;
  }
}
