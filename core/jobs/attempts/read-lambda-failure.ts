import type { FailureCode } from '../../contract/policy.ts';
import { hideAccount } from '../records/hide-account.ts';

/** What the router's catcher hands on: an error name and a cause, which for a function's own error is JSON text. */
export interface LambdaFailure {
  readonly Error: string;
  readonly Cause: string;
}

export interface ReadFailure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly retryable?: boolean;
  /** The error's own type, when the service's code threw it and not Lambda's runtime. */
  readonly serviceErrorType?: string;
}

/** Room for the longest message and type of the worker library. */
const maxDetailCharacters = 4200;

/**
 * Platform faults by name, and where user code could carry the same name, by a text that Lambda gives with it
 * (docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html,
 * docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
const platformFaults: ReadonlyArray<{
  readonly name: RegExp;
  readonly text?: RegExp;
  readonly code: FailureCode;
}> = [
  { name: /^States\.Timeout$/, code: 'timeout' },
  {
    name: /^(?:Sandbox\.Timedout|Lambda\.Unknown)$/,
    text: /Task timed out after [\d.]+ seconds/,
    code: 'timeout',
  },
  // Node.js aborts where its heap is full; the kernel kills where the environment is.
  { name: /^Runtime\.ExitError$/, text: /signal: (?:killed|aborted)/, code: 'out-of-memory' },
  { name: /^Runtime\.OutOfMemory$/, text: /out of memory/i, code: 'out-of-memory' },
  { name: /^States\.DataLimitExceeded$/, code: 'invalid-result' },
  { name: /^(?:Function\.ResponseSizeTooLarge|Runtime\.MarshalError)$/, code: 'invalid-result' },
  // All of these come before anything of the function runs.
  // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
  {
    name: /^Lambda\.(?:TooManyRequests|EC2Throttled|ENILimitReached|ENINotReady|SubnetIPAddressLimitReached|ResourceNotReady)Exception$/,
    code: 'capacity',
  },
  {
    name: /^Runtime\.(?:ImportModuleError|HandlerNotFound|UserCodeSyntaxError|InvalidEntrypoint)$/,
    code: 'misconfigured',
  },
  {
    name: /^Lambda\.(?:ResourceNotFoundException|AccessDeniedException|Invalid\w+Exception|KMS\w+)$/,
    code: 'misconfigured',
  },
  { name: /^Lambda\.\w+$/, text: /not authorized to perform/, code: 'misconfigured' },
  // The role of the task's Credentials.
  { name: /^States\.TaskFailed$/, text: /not authorized to assume/, code: 'misconfigured' },
  { name: /^Lambda\.\w+$/, code: 'dispatch-failed' },
  { name: /^States\./, code: 'dispatch-failed' },
];

/** Names under which Lambda itself tells how a function's process ended; code of a service hardly uses them. */
const givenByRuntime = /^(?:Runtime|Sandbox)\./;

/** Names that only Lambda's service and Step Functions give: their causes are plain text, a function's own are JSON. */
const givenByServices = /^(?:Lambda|States)\./;

/**
 * Tells what a caught error means for the job. Anything that is not the platform's fault is the service's, whose own words
 * stay as they are; those of AWS name nothing of the account.
 */
export function readLambdaFailure({ Error: name, Cause: cause }: LambdaFailure): ReadFailure {
  const { message, type } = readCause(cause);
  // AWS may cut a long cause, which is no JSON then.
  const imitated = (type !== undefined || cause.startsWith('{')) && givenByServices.test(name);
  const fault = imitated ? undefined : findFault(name, message);
  if (fault !== undefined)
    return { code: fault.code, detail: shorten(message === '' ? name : hideAccount(message)) };
  if (name === 'ServiceFailure') return readServiceFailure(message);
  return readThrownError(type ?? name, message);
}

function readThrownError(type: string, message: string): ReadFailure {
  const isOfRuntime = givenByRuntime.test(type);
  const report = isOfRuntime ? hideAccount(message) : message;
  const detail = shorten(`${type}: ${report}`);
  return { code: 'service-failed', detail, ...(isOfRuntime ? {} : { serviceErrorType: type }) };
}

function findFault(name: string, message: string) {
  return platformFaults.find((row) => row.name.test(name) && (row.text?.test(message) ?? true));
}

function readCause(cause: string): { message: string; type?: string } {
  const parsed = parseObject(cause);
  const message = parsed?.['errorMessage'];
  const type = parsed?.['errorType'];
  return {
    message: typeof message === 'string' ? message : cause,
    ...(typeof type === 'string' ? { type } : {}),
  };
}

/** The worker library's own failure: its message is JSON (worker/attempt/service-failure.ts tells the form). */
function readServiceFailure(text: string): ReadFailure {
  const parsed = parseObject(text);
  const message = parsed?.['message'];
  if (typeof message !== 'string') return { code: 'service-failed', detail: shorten(text) };
  const type = parsed?.['type'];
  const retryable = parsed?.['retryable'] === true;
  if (typeof type !== 'string') return { code: 'service-failed', detail: shorten(message), retryable };
  const detail = shorten(`${type}: ${message}`);
  return { code: 'service-failed', detail, retryable, serviceErrorType: type };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // A cause may be plain text.
  }
}

/** Half a character, which JSON may hold, cannot be stored. */
function shorten(text: string): string {
  const cut = text.length <= maxDetailCharacters ? text : `${text.slice(0, maxDetailCharacters - 1)}…`;
  return cut.toWellFormed();
}
