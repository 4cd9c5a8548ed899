import { join } from 'node:path';
import { AwsError } from '../aws-error.ts';
import type { AccessCheck, AwsRequest, AwsResponse, AwsService, CloudModel } from '../cloud.ts';
import type { JsonRecord } from '../json.ts';
import { requestBody } from '../request-body.ts';
import { logFileOf, timesUntilNow } from './log-file.ts';
import { readEvents } from './read-events.ts';

/** Source of the logs. */
export interface LogsOptions {
  readonly model: Pick<CloudModel, 'accountId' | 'region'>;
  /** Root of the data folder; logs are in `logs/batch/` below it. */
  readonly dataDirectory: string;
}

/** A request for lines, oldest first. */
interface LogRequest {
  readonly group: string;
  readonly stream: string;
  readonly token: string | undefined;
  readonly limit: number;
}

const getLogEventsTarget = 'Logs_20140328.GetLogEvents';
const maxEvents = 10_000;
const knownMembers = ['logGroupName', 'logStreamName', 'nextToken', 'limit', 'startFromHead'];

/**
 * The part of CloudWatch Logs that is needed to read the output of containers: GetLogEvents from the head.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export function logsService({ model, dataDirectory }: LogsOptions): AwsService {
  const directory = join(dataDirectory, 'logs', 'batch');
  return {
    signingName: 'logs',
    checks: (request) => [checkOf(parseRequest(request), model)],
    handle: async (request) => jsonResponse(getLogEvents(directory, parseRequest(request))),
  };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
function checkOf({ group, stream }: LogRequest, { region, accountId }: LogsOptions['model']): AccessCheck {
  const resource = `arn:aws:logs:${region}:${accountId}:log-group:${group}:log-stream:${stream}`;
  return { action: 'logs:GetLogEvents', resource };
}

function getLogEvents(directory: string, { group, stream, token, limit }: LogRequest): JsonRecord {
  const file = logFileOf(directory, stream);
  const times = file && timesUntilNow(file);
  if (file === undefined || times?.group !== group)
    throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  const from = token === undefined ? 0 : offsetOf(token);
  if (from > (times.marks.at(-1)?.[0] ?? 0)) throw invalid('The specified nextToken is invalid.');
  const { events, next } = readEvents(file, times, { from, limit });
  return {
    events: events.map((event) => ({ ...event, ingestionTime: event.timestamp })),
    nextForwardToken: tokenAt('f', next),
    nextBackwardToken: tokenAt('b', from),
  };
}

function parseRequest(request: AwsRequest): LogRequest {
  const target = request.headers['x-amz-target'];
  if (target !== getLogEventsTarget)
    throw new AwsError(
      'UnknownOperationException',
      `${target ?? request.url} is not supported by the local runtime`,
    );
  const body = requestBody(request.body);
  const unknown = Object.keys(body).find((name) => !knownMembers.includes(name) && body[name] !== null);
  if (unknown !== undefined) throw invalid(`${unknown} is not supported by the local runtime.`);
  if (body['startFromHead'] !== true) throw invalid('Only startFromHead is supported by the local runtime.');
  return {
    group: textIn(body, 'logGroupName', /^[.\-_/#A-Za-z0-9]{1,512}$/),
    stream: textIn(body, 'logStreamName', /^[^:*]{1,512}$/),
    token: body['nextToken'] == null ? undefined : textIn(body, 'nextToken', /./),
    limit: limitIn(body),
  };
}

function textIn(body: JsonRecord, name: string, pattern: RegExp): string {
  const value = body[name];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw invalid(
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
  );
}

function limitIn({ limit = maxEvents }: JsonRecord): number {
  const isLimit = typeof limit === 'number' && Number.isInteger(limit) && limit >= 1 && limit <= maxEvents;
  if (isLimit) return limit;
  throw invalid(
    `1 validation error detected: Value '${String(limit)}' at 'limit' failed to satisfy constraint: Member must be between 1 and ${maxEvents}`,
  );
}

/** A token is an offset in bytes, with the length of CloudWatch's tokens. */
function tokenAt(direction: 'f' | 'b', offset: number): string {
  return `${direction}/${String(offset).padStart(56, '0')}/s`;
}

function offsetOf(token: string): number {
  const offset = /^f\/(\d{56})\/s$/.exec(token)?.[1];
  if (offset === undefined) throw invalid('The specified nextToken is invalid.');
  return Number(offset);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

function jsonResponse(body: JsonRecord): AwsResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
  };
}
