import { join } from 'node:path';
import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsResponse, AwsService, CloudModel } from '../cloud.ts';
import type { JsonRecord } from '../json.ts';
import { hasGroup } from './function-events.ts';
import { filterFunctionEvents, getFunctionEvents } from './function-log-operations.ts';
import { logFileOf, timesUntilNow } from './log-file.ts';
import { type LogRequest, parseLogRequest } from './log-request.ts';
import { offsetOf, tokenAt } from './page-token.ts';
import { readEvents } from './read-events.ts';

/** Source of the logs. */
export interface LogsOptions {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  /** Root of the data folder; logs are in `logs/batch/` and `logs/lambda/` below it. */
  readonly dataDirectory: string;
}

/**
 * The part of CloudWatch Logs that is needed to read the output of containers and functions: GetLogEvents from the head, and
 * FilterLogEvents for one term.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
 */
export function logsService({ model, dataDirectory }: LogsOptions): AwsService {
  const directory = join(dataDirectory, 'logs');
  return {
    signingName: 'logs',
    checks: (request) => [checkOf(parseLogRequest(request), model)],
    handle: async (request) => jsonResponse(respond(directory, parseLogRequest(request))),
  };
}

/**
 * A search of a whole group has a stream without a name as its resource.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
function checkOf(request: LogRequest, { region, accountId }: LogsOptions['model']): AccessCheck {
  const stream = request.operation === 'GetLogEvents' ? request.stream : '';
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:${request.group}:log-stream:${stream}`;
  return { action: `logs:${request.operation}`, resource };
}

function respond(directory: string, request: LogRequest): JsonRecord {
  const ofFunctions = join(directory, 'lambda');
  const isOfFunction = hasGroup(ofFunctions, request.group);
  if (request.operation === 'GetLogEvents')
    return isOfFunction
      ? getFunctionEvents(ofFunctions, request)
      : getContainerEvents(join(directory, 'batch'), request);
  if (isOfFunction) return filterFunctionEvents(ofFunctions, request);
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

function getContainerEvents(
  directory: string,
  { group, stream, token, limit, startAt, endAt }: LogRequest & { readonly operation: 'GetLogEvents' },
): JsonRecord {
  if (startAt > 0 || endAt < Number.POSITIVE_INFINITY)
    throw new AwsError(
      'InvalidParameterException',
      'The local runtime supports startTime and endTime for the logs of functions only.',
    );
  const file = logFileOf(directory, stream);
  const times = file && timesUntilNow(file);
  if (file === undefined || times?.group !== group)
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  const from = token === undefined ? 0 : offsetOf(token);
  if (from > (times.marks.at(-1)?.[0] ?? 0))
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  const { events, next } = readEvents(file, times, { from, limit });
  return {
    events: events.map((event) => ({ ...event, ingestionTime: event.timestamp })),
    nextForwardToken: tokenAt('f', next),
    nextBackwardToken: tokenAt('b', from),
  };
}

function jsonResponse(body: JsonRecord): AwsResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  };
}
