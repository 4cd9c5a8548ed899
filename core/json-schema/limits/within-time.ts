import { createContext, Script } from 'node:vm';

/** Thrown when work exceeds its time limit. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeLimitError';
}

const script = new Script('work()');
let context: { work?: () => unknown } | undefined;

/**
 * Runs synchronous work and returns its result. After `timeoutMs`, the work is interrupted, even inside a
 * regular expression, and `TimeLimitError` is thrown
 * (https://nodejs.org/api/vm.html#scriptrunincontextcontextifiedobject-options).
 */
export function withinTime<Value>(timeoutMs: number, work: () => Value): Value {
  context ??= newContext();
  const sandbox = context;
  sandbox.work = work;
  try {
    // The script only calls `work`, so its result has the type of `work`'s result.
    return script.runInContext(sandbox, { timeout: timeoutMs }) as Value;
  } catch (cause) {
    if (!isTimeout(cause)) throw cause;
    throw new TimeLimitError(`stopped after ${timeoutMs} ms`, { cause });
  } finally {
    delete sandbox.work;
  }
}

/** Creates the global object of the script. It is created once, because that takes a millisecond. */
function newContext(): { work?: () => unknown } {
  const sandbox = {};
  createContext(sandbox);
  return sandbox;
}

/** The error is created in the script's own realm, so `instanceof Error` is false for it. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}
