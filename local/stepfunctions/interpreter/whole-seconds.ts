import { runtimeError } from './state-error.ts';

/**
 * Longest duration of a task or a wait in seconds.
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
 */
const maxSeconds = 99_999_999;

/** Returns the duration that a field specifies. Throws `States.Runtime` for a value that AWS refuses. */
export function wholeSeconds(value: unknown, field: string, min: 0 | 1): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= maxSeconds)
    return value;
  throw runtimeError(
    `${field} is ${JSON.stringify(value)}, not a whole number of seconds from ${min} to ${maxSeconds}`,
  );
}
