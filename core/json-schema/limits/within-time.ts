import { createContext, Script } from 'node:vm';

/** Thrown for work that took longer than it may. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

const script = new Script('work()');
let context: { work?: () => unknown } | undefined;

/**
 * What the work gives, which must not wait for anything. After so many milliseconds it is stopped, inside a regular
 * expression too, and `TimeLimitError` is thrown (https://nodejs.org/api/vm.html#scriptrunincontextcontextifiedobject-options).
 */
export function withinTime<Value>(milliseconds: number, work: () => Value): Value {
  context ??= newContext();
  const place = context;
  place.work = work;
  try {
    // What runs is only the call of `work`, whose value it is.
    return script.runInContext(place, { timeout: milliseconds }) as Value;
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
    throw new TimeLimitError(`stopped after ${milliseconds} ms`, { cause });
  } finally {
    delete place.work;
  }
}

/** A global object for the script; it is made once, since that takes a millisecond. */
function newContext(): { work?: () => unknown } {
  const place = {};
  createContext(place);
  return place;
}

/** The error is one of the script's own global object, and so no `Error` of ours. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
