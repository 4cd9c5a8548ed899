/**
 * Deepest nesting of a task's result that the local engine carries: it copies data by recursion and overflows the stack
 * at about 4,000. Step Functions documents no such limit.
 */
const DEPTH_LIMIT = 1000;

/** True when arrays and objects of a JSON value are nested deeper than the engine carries; needs no stack itself. */
export function exceedsDepthLimit(value: unknown): boolean {
  let level: readonly object[] = containersOf([value]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > DEPTH_LIMIT) return true;
    level = level.flatMap((container) => containersOf(Object.values(container)));
  }
  return false;
}

/** The cause that a task fails with when its result is nested too deeply. */
export function depthLimitCause(of: string): string {
  return `The state/task '${of}' returned a result nested more than ${DEPTH_LIMIT} deep, which the local runtime cannot carry. Return a flatter result.`;
}

function containersOf(values: readonly unknown[]): readonly object[] {
  return values.filter((value) => typeof value === 'object' && value !== null);
}
