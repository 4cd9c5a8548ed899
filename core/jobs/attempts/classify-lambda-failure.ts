import type { FailureCode } from '../../contract/policy.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';

/**
 * An error that the state machine has caught, from an invocation or from a submission to AWS Batch: a name, and
 * a cause that is JSON for errors of a function.
 */
export interface CaughtError {
  readonly Error: string;
  readonly Cause: string;
}

export interface ClassifiedFailure {
  readonly code: FailureCode;
  readonly detail: string;
  readonly retryable?: boolean;
  /** The error type, if the service's code threw it and not the Lambda runtime. */
  readonly serviceErrorType?: string;
}

/** Room for the longest message and type of the worker library. */
const maxDetailCharacters = 4200;

/**
 * Platform errors by name. Where user code could use the same name, also match the message that Lambda sends
 * (docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html,
 * docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
 */
const platformErrors: ReadonlyArray<{
  readonly name: RegExp;
  readonly message?: RegExp;
  readonly code: FailureCode;
}> = [
  { name: /^States\.Timeout$/, code: 'timeout' },
  {
    name: /^(?:Sandbox\.Timedout|Lambda\.Unknown)$/,
    message: /Task timed out after [\d.]+ seconds/,
    code: 'timeout',
  },
  // Node.js aborts when its heap is full; the kernel kills the process when the memory of the environment is
  // used up.
  { name: /^Runtime\.ExitError$/, message: /signal: (?:killed|aborted)/, code: 'out-of-memory' },
  { name: /^Runtime\.OutOfMemory$/, message: /out of memory|signal: killed/i, code: 'out-of-memory' },
  { name: /^States\.DataLimitExceeded$/, code: 'invalid-result' },
  { name: /^(?:Function\.ResponseSizeTooLarge|Runtime\.MarshalError)$/, code: 'invalid-result' },
  // All of these occur before any of the function runs.
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
  { name: /^Lambda\.\w+$/, message: /not authorized to perform/, code: 'misconfigured' },
  // The role in the Credentials of the task.
  { name: /^States\.TaskFailed$/, message: /not authorized to assume/, code: 'misconfigured' },
  { name: /^Lambda\.\w+$/, code: 'dispatch-failed' },
  { name: /^States\./, code: 'dispatch-failed' },
];

/** Names that the Lambda runtime uses for the end of a function's process; service code rarely uses them. */
const runtimeErrorName = /^(?:Runtime|Sandbox)\./;

/** Names that Lambda and Step Functions use. Their causes are plain text; those of a function are JSON. */
const platformErrorName = /^(?:Lambda|States)\./;

/**
 * Classifies a caught error. An error that is not the platform's is the service's, and its texts are kept
 * unchanged; everything that identifies the account is removed from texts of AWS.
 */
export function classifyLambdaFailure({ Error: name, Cause: cause }: CaughtError): ClassifiedFailure {
  const { message, type } = parseCause(cause);
  // Code of a service may throw an error with the name of a platform error, but its cause is JSON. AWS may
  // truncate a long cause, which is then no longer valid JSON.
  const isFromUserCode = (type !== undefined || cause.startsWith('{')) && platformErrorName.test(name);
  const platformError = isFromUserCode ? undefined : findPlatformError(name, message);
  if (platformError !== undefined)
    return {
      code: platformError.code,
      detail: shorten(message === '' ? name : redactAwsIdentifiers(message)),
    };
  if (name === 'ServiceFailure') return parseServiceFailure(message);
  return classifyThrownError(type ?? name, message);
}

function classifyThrownError(type: string, message: string): ClassifiedFailure {
  const isRuntimeError = runtimeErrorName.test(type);
  const report = isRuntimeError ? redactAwsIdentifiers(message) : message;
  const detail = shorten(`${type}: ${report}`);
  return { code: 'service-failed', detail, ...(isRuntimeError ? {} : { serviceErrorType: type }) };
}

function findPlatformError(name: string, message: string) {
  return platformErrors.find((row) => row.name.test(name) && (row.message?.test(message) ?? true));
}

function parseCause(cause: string): { message: string; type?: string } {
  const parsed = parseObject(cause);
  const message = parsed?.['errorMessage'];
  const type = parsed?.['errorType'];
  return {
    message: typeof message === 'string' ? message : cause,
    ...(typeof type === 'string' ? { type } : {}),
  };
}

/**
 * The failure of the worker library: its message is JSON (worker/attempt/service-failure.ts describes the
 * format).
 */
function parseServiceFailure(text: string): ClassifiedFailure {
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

/** A lone surrogate, which JSON may contain, cannot be stored. */
function shorten(text: string): string {
  const cut = text.length <= maxDetailCharacters ? text : `${text.slice(0, maxDetailCharacters - 1)}…`;
  return cut.toWellFormed();
}
