import type { CloudWatchLogs, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { AttemptLog } from '../../core/jobs/model/job.ts';
import type {
  AttemptLogs,
  LogLine,
  LogPage,
  LogRange,
  LogRead,
  LogSearch,
  LogSearchResult,
  TimeRange,
} from '../../core/ports/attempt-logs.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { LazyLogsClient } from '../clients/logs-client.ts';

/** Reads the logs of attempts from CloudWatch Logs. */
export function cloudWatchAttemptLogs(deps: { readonly client: LazyLogsClient }): AttemptLogs {
  return {
    read: async (log, page) =>
      readPage(await deps.client(), log, page).catch((error: unknown) => toReadFailure(error, page.from)),
    search: async (search) =>
      searchGroup(await deps.client(), search).catch((error: unknown) => toReadFailure(error, search.from)),
  };
}

/**
 * Positions are the tokens of CloudWatch Logs, which are valid for 24 hours. A page before the end may be
 * empty; at the end, the response contains the token of the request.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
async function readPage(
  client: CloudWatchLogs,
  { group, stream }: AttemptLog,
  { from, limit, time }: LogRange,
): Promise<LogRead> {
  const { events = [], nextForwardToken: next } = await client.getLogEvents({
    logGroupName: group,
    logStreamName: stream,
    limit,
    startFromHead: true,
    ...omitUndefined({ nextToken: from, ...timeMembers(time) }),
  });
  if (next === undefined) throw new Error(`CloudWatch Logs returned no next token for ${group} ${stream}`);
  return { kind: 'page', lines: events.map(toLine), next, isEnd: events.length === 0 && next === from };
}

/** The number of lines in which the first one of an invocation is expected. */
const maxSearchLines = 50;

/**
 * A page may be empty before the end, and shows the end by having no token; tokens are valid for 24 hours. The lines are sorted by
 * time. The quotation marks make the text one term of the pattern, whatever characters it contains.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
async function searchGroup(
  client: CloudWatchLogs,
  { group, text, time, from }: LogSearch,
): Promise<LogSearchResult> {
  const { events = [], nextToken: next } = await client.filterLogEvents({
    logGroupName: group,
    filterPattern: `"${text}"`,
    limit: maxSearchLines,
    ...omitUndefined({ nextToken: from, ...timeMembers(time) }),
  });
  const lines = events.map((event) => ({ ...toLine(event), stream: event.logStreamName ?? '' }));
  return { kind: 'found', lines, next };
}

function timeMembers(time: TimeRange | undefined) {
  return { startTime: time?.startAt, endTime: time?.endAt };
}

function toLine({ timestamp, ingestionTime, message = '' }: OutputLogEvent): LogLine {
  return { at: timestamp ?? ingestionTime ?? 0, message };
}

/**
 * Converts expected errors. The only parameter that a caller controls is the position. Rethrows any other
 * error.
 */
function toReadFailure(error: unknown, from: string | undefined): Exclude<LogRead, LogPage> {
  switch (error instanceof Error ? error.name : '') {
    case 'ResourceNotFoundException':
      return { kind: 'missing' };
    case 'AccessDeniedException':
      return { kind: 'out-of-reach' };
    case 'InvalidParameterException':
      if (from !== undefined) return { kind: 'unknown-position' };
  }
  throw error;
}
