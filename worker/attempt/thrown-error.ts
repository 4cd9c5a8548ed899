import { describeThrown, type ThrownText } from './describe-thrown.ts';
import { ServiceFailure, toWireError } from './service-failure.ts';

/**
 * What a Lambda handler throws for whatever its service threw: the wire form of a `ServiceFailure`, what Lambda can describe
 * as it is, and for anything else an error with the same words, since Lambda's runtime describes no error that has a member
 * it cannot read (https://github.com/aws/aws-lambda-nodejs-runtime-interface-client). Never throws by itself.
 */
export function toThrownError(thrown: unknown): unknown {
  const words = describeThrown(thrown);
  if (words.retryable === undefined) return isDescribable(thrown, words) ? thrown : errorOf(words);
  // What has a `retryable` is a `ServiceFailure`.
  return toWireError(isDescribable(thrown, words) ? (thrown as ServiceFailure) : failureOf(words));
}

/** Whether all members that describe it are what their types say. */
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
