import { omitUndefined } from '../../std/omit-undefined.ts';
import type { Invocation, Job } from './job.ts';

/** A request ID of Lambda: a UUID in lower case. */
const requestId = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const wholeRequestId = new RegExp(`^${requestId}$`);

/**
 * Names of a log group and a log stream
 * (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html,
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html).
 */
const groupName = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const streamName = /^[^:*\s]{1,512}$/;

/** The prefix of the default log group of a function; the name of the function follows. */
const functionLogPrefix = '/aws/lambda/';

/**
 * The beginning of Lambda's own messages about an invocation, in plain text or inside a response without an error type
 * (https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html).
 */
const platformMessage = new RegExp(
  `^(?:.*"errorMessage": ?")?(?:RequestId: (${requestId}) (?:Error|Process)|\\S+Z (${requestId}) Task timed out)`,
  's',
);

/** The line that the worker library appends to a stack (worker/lambda/invocation.ts). */
const stackLine = new RegExp(`^ +at Lambda invocation (${requestId}) \\((\\S+) (\\S+)\\)$`);

/** Whether a text is a request ID of Lambda. */
export function isRequestId(text: unknown): text is string {
  return typeof text === 'string' && wholeRequestId.test(text);
}

/** The default log group of a function. */
export function functionLogGroup(functionName: string): string {
  return `${functionLogPrefix}${functionName}`;
}

/**
 * Whether the log of an invocation may be read in a group that its function reported. Groups of functions belong to the
 * function in their name, whatever a function reports.
 */
export function isCustomGroup(group: string): boolean {
  return !group.startsWith(functionLogPrefix);
}

/**
 * Creates an invocation from what a function reports; undefined if a part is not valid. The default group is left out: it follows
 * from the name of the function.
 */
export function reportedInvocation(id: string, group: string, stream: string): Invocation | undefined {
  if (!isRequestId(id) || !groupName.test(group) || !streamName.test(stream)) return undefined;
  return { requestId: id, stream, ...(isCustomGroup(group) ? { group } : {}) };
}

/**
 * Reads the invocation in the cause of a failed Lambda task: reported by the worker library at the end of the stack, by Lambda's
 * runtime for Python (https://github.com/aws/aws-lambda-python-runtime-interface-client), or named in a message of Lambda.
 */
export function invocationOfCause(cause: string): Invocation | undefined {
  const response = parseObject(cause);
  const trace = response?.['trace'];
  const last: unknown = Array.isArray(trace) ? trace.at(-1) : undefined;
  const [, id, group, stream] = typeof last === 'string' ? (stackLine.exec(last) ?? []) : [];
  if (id !== undefined && group !== undefined && stream !== undefined)
    return reportedInvocation(id, group, stream);
  if (isRequestId(response?.['requestId'])) return { requestId: response['requestId'] };
  const message = response?.['errorMessage'];
  const [, current, earlier] = platformMessage.exec(typeof message === 'string' ? message : cause) ?? [];
  const named = current ?? earlier;
  return named === undefined ? undefined : { requestId: named };
}

/**
 * Sets the invocation of the current attempt. A report of the same invocation without its stream keeps the stream; another
 * invocation replaces it, because the function was invoked again.
 */
export function withInvocation<Subject extends Job>(
  job: Subject,
  invocation: Invocation | undefined,
): Subject {
  if (invocation === undefined || job.dispatcher !== undefined) return job;
  const known = job.invocation?.requestId === invocation.requestId ? job.invocation : undefined;
  const { requestId: id, stream = known?.stream, group = known?.group } = invocation;
  return { ...job, invocation: { requestId: id, ...omitUndefined({ stream, group }) } };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // The members of an object may have any type.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // Lambda's own messages are plain text.
  }
}
