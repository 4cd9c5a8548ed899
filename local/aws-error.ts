/** An error as an AWS service answers it: a code, a message and an HTTP status. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** Further members of the answer, by the names that AWS gives them. */
  details: Readonly<Record<string, string>> = {};

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** This error with further members. */
  with(details: Readonly<Record<string, string>>): this {
    this.details = details;
    return this;
  }
}

/** Thrown where no policy allows a call, in AWS's words. */
export function accessDenied(who: string, action: string, resource: string): AwsError {
  return new AwsError(
    'AccessDeniedException',
    `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    403,
  );
}
