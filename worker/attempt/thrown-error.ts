import { describeThrown, type ThrownText } from './describe-thrown.ts';
import { ServiceFailure, toWireError } from './service-failure.ts';

/**
 * Converts a value that a service threw to the value that the Lambda handler throws: the wire format of a
 * `ServiceFailure`, the value itself if Lambda can describe it, otherwise an error with the same text,
 * because Lambda's runtime fails on an error with an unreadable member
 * (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client). Never throws itself.
 */
export function toThrownError(thrown: unknown): unknown {
  const description = describeThrown(thrown);
  if (description.retryable === undefined)
    return isDescribable(thrown, description) ? thrown : errorOf(description);
  // Only a `ServiceFailure` has `retryable`.
  return toWireError(
    isDescribable(thrown, description) ? (thrown as ServiceFailure) : failureOf(description),
  );
}

/** Whether all members that describe the value have the expected types. */
function isDescribable(thrown: unknown, { message, type, retryable }: ThrownText): boolean {
  if (typeof thrown !== 'object') return typeof thrown !== 'undefined' && typeof thrown !== 'function';
  try {
    if (!(thrown instanceof Error) || thrown.message !== message) return false;
    const name = thrown instanceof ServiceFailure ? (thrown.type ?? undefined) : thrown.name;
    const isStack = thrown.stack === undefined || typeof thrown.stack === 'string';
    return (
      isStack && name === type && (!(thrown instanceof ServiceFailure) || thrown.retryable === retryable)
    );
  } catch {
    return false;
  }
}

function failureOf({ message, type, retryable = false }: ThrownText): ServiceFailure {
  return new ServiceFailure(message, { retryable, ...(type === undefined ? {} : { type }) });
}

function errorOf({ message, type = 'Error' }: ThrownText): Error {
  return Object.assign(new Error(message), { name: type });
}
