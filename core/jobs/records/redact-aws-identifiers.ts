import type { JobKey } from '../../ports/job-store.ts';
import type { Log } from '../../ports/log.ts';

/** Replaces an identifier of the AWS account. */
const redacted = '[hidden]';

/**
 * Resources that service definitions name: callers know these names and need them to understand a failure.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
const namedInDefinitions: ReadonlyArray<readonly [RegExp, string]> = [
  [/^lambda:[^:]*:[^:]*:function:(.+)$/, 'function $1'],
  [/^batch:[^:]*:[^:]*:job-definition\/(.+)$/, 'job definition $1'],
  [/^batch:[^:]*:[^:]*:job-queue\/(.+)$/, 'job queue $1'],
];

const arn = /\barn:aws[a-z-]*:([a-z0-9-]+:[^\s"'<>(),;[\]]*[^\s"'<>(),;[\].:])/g;

/**
 * Twelve digits alone, and not the end of a UUID
 * (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-identifiers.html).
 */
const accountId = /(?<![0-9A-Za-z])(?<![0-9a-f]{4}-[0-9a-f]{4}-)\d{12}(?![0-9A-Za-z])/g;

/** Request IDs as the AWS SDKs, Step Functions, Lambda and S3 write them. */
const requestIdPattern = '\\b(?:(?:extended )?request[ -]?id|host[ -]?id) ?[:=] ?[\\w/+=-]+';
const requestId = new RegExp(` ?\\(${requestIdPattern}\\)|[;,]? ?${requestIdPattern}`, 'gi');

/** Lambda's timeout message starts with a time and the ID of the invocation. */
const timeOutPrefix = /^\d{4}-\d\d-\d\dT[\d:.]+Z\s+[0-9a-f-]{36}\s+(?=Task timed out)/;

/** Removes ARNs, account IDs and request IDs from a text of AWS, so that callers may read it. */
export function redactAwsIdentifiers(text: string): string {
  return text
    .replace(timeOutPrefix, '')
    .replace(requestId, '')
    .replace(arn, (_, rest: string) => nameOf(rest))
    .replace(accountId, redacted)
    .trim();
}

function nameOf(rest: string): string {
  const named = namedInDefinitions.find(([pattern]) => pattern.test(rest));
  return named === undefined ? redacted : rest.replace(...named);
}

const maxLoggedCharacters = 2000;

/** Logs the original of each text that `redactAwsIdentifiers` changes, so that operators can read it. */
export function logIfRedacted(
  log: Log,
  { jobId }: Pick<JobKey, 'jobId'>,
  texts: ReadonlyArray<string | undefined>,
): void {
  for (const text of texts)
    if (text !== undefined && redactAwsIdentifiers(text) !== text.trim())
      log.info('aws-text', { jobId, text: text.slice(0, maxLoggedCharacters) });
}
