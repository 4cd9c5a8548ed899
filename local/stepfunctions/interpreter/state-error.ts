/**
 * Maximum length of a cause in characters.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
 */
const maxCauseLength = 32_768;

/** Failure of a state: `name` is its error name for Retry and Catch, `message` its cause, which may be empty. */
export class StateError extends Error {
  constructor(name: string, cause: string) {
    super(cause.slice(0, maxCauseLength));
    this.name = name;
  }
}

/** Creates the error that Step Functions reports if data does not fit a path or a field of the definition. */
export function runtimeError(cause: string): StateError {
  return new StateError('States.Runtime', cause);
}
