import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../cloud.ts';
import type { JsonRecord } from '../json.ts';
import { requestBody } from '../request-body.ts';
import type { EventQuery } from './function-log-operations.ts';

/** A validated request; times without a limit are 0 and infinity. */
export type LogRequest =
  | (EventQuery & { readonly operation: 'GetLogEvents'; readonly stream: string })
  | (EventQuery & { readonly operation: 'FilterLogEvents'; readonly text: string });

const maxEvents = 10_000;
const common = ['logGroupName', 'nextToken', 'limit', 'startTime', 'endTime'];
const knownMembers: Readonly<Record<LogRequest['operation'], readonly string[]>> = {
  GetLogEvents: [...common, 'logStreamName', 'startFromHead'],
  FilterLogEvents: [...common, 'filterPattern'],
};

/** Reads a request. Throws `InvalidParameterException` for a member that is not valid or not supported, which the error names. */
export function parseLogRequest(request: AwsRequest): LogRequest {
  const operation = operationOf(request);
  const body = requestBody(request.body);
  const unknown = Object.keys(body).find(
    (name) => !knownMembers[operation].includes(name) && body[name] !== null,
  );
  if (unknown !== undefined) throw invalid(`${unknown} is not supported by the local runtime.`);
  const query: EventQuery = {
    group: textIn(body, 'logGroupName', /^[.\-_/#A-Za-z0-9]{1,512}$/),
    token: body['nextToken'] == null ? undefined : textIn(body, 'nextToken', /./),
    limit: limitIn(body),
    startAt: timeIn(body, 'startTime') ?? 0,
    endAt: timeIn(body, 'endTime') ?? Number.POSITIVE_INFINITY,
  };
  if (operation === 'FilterLogEvents') {
    const pattern = textIn(body, 'filterPattern', /^"[^"]+"$/);
    return { ...query, operation, text: pattern.slice(1, -1) };
  }
  if (body['startFromHead'] !== true) throw invalid('Only startFromHead is supported by the local runtime.');
  return { ...query, operation, stream: textIn(body, 'logStreamName', /^[^:*]{1,512}$/) };
}

function operationOf({ headers, url }: AwsRequest): LogRequest['operation'] {
  const target = headers['x-amz-target'];
  if (target === 'Logs_20140328.GetLogEvents') return 'GetLogEvents';
  if (target === 'Logs_20140328.FilterLogEvents') return 'FilterLogEvents';
  throw new AwsError('UnknownOperationException', `${target ?? url} is not supported by the local runtime`);
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

function timeIn(body: JsonRecord, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw invalid(
    `1 validation error detected: Value '${String(value)}' at '${name}' failed to satisfy constraint: Member must have value greater than or equal to 0`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
