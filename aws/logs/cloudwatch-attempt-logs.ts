import type { CloudWatchLogs, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { AttemptLog } from '../../core/jobs/model/job.ts';
import type { AttemptLogs, LogLine, LogRead } from '../../core/ports/attempt-logs.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { LazyLogsClient } from '../clients/logs-client.ts';

/** Logs of attempts as streams of CloudWatch Logs. */
export function cloudWatchAttemptLogs(deps: { readonly client: LazyLogsClient }): AttemptLogs {
  return {
    read: async (log, page) =>
      readPage(await deps.client(), log, page).catch((error: unknown) => refusalOf(error, page.from)),
  };
}

/**
 * Places are CloudWatch's tokens, which are good for 24 hours. A page may be empty before the end; at the end comes the
 * token that was sent.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
async function readPage(
  client: CloudWatchLogs,
  { group, stream }: AttemptLog,
  { from, limit }: { readonly from?: string | undefined; readonly limit: number },
): Promise<LogRead> {
  const { events = [], nextForwardToken: next } = await client.getLogEvents({
    logGroupName: group,
    logStreamName: stream,
    limit,
    startFromHead: true,
    ...omitUndefined({ nextToken: from }),
  });
  if (next === undefined) throw new Error(`CloudWatch Logs told no next place in ${group} ${stream}`);
  return { kind: 'page', lines: events.map(toLine), next, isEnd: events.length === 0 && next === from };
}

function toLine({ timestamp, ingestionTime, message = '' }: OutputLogEvent): LogLine {
  return { at: timestamp ?? ingestionTime ?? 0, message };
}

/** A parameter can only be wrong where the caller had a say in it: the place. Throws whatever is no answer to the question. */
function refusalOf(error: unknown, from: string | undefined): LogRead {
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
