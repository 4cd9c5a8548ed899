/** An error as an AWS service returns it: a code, a message and an HTTP status. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** Further members of the error response, by AWS's names. */
  details: Readonly<Record<string, string>> = {};

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** Sets further members and returns this error. */
  with(details: Readonly<Record<string, string>>): this {
    this.details = details;
    return this;
  }
}

/** Creates AWS's error for a call that no policy allows. */
export function accessDenied(who: string, action: string, resource: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    403,
  );
}

/** Lambda's name of the limit that an invocation exceeded. */
type ThrottleReason =
  | 'ConcurrentInvocationLimitExceeded'
  | 'ReservedFunctionConcurrentInvocationLimitExceeded';

/**
 * Creates the error of an invocation beyond a limit.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
export function throttled(reason: ThrottleReason): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429).with({
    Reason: reason,
    Type: 'User',
  });
}
