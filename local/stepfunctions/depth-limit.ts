/**
 * Maximum nesting of a task's result. JSON.stringify works recursively and overflows the stack at about 4,000
 * levels. Step Functions documents no such limit.
 */
const depthLimit = 1000;

/**
 * Reports whether the arrays and objects of a JSON value are nested more deeply than the limit. It works
 * without recursion.
 */
export function exceedsDepthLimit(value: unknown): boolean {
  let level: readonly object[] = containersOf([value]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > depthLimit) return true;
    level = level.flatMap((container) => containersOf(Object.values(container)));
  }
  return false;
}

/** Returns the cause of a failed task whose result is nested too deeply. */
export function depthLimitCause(of: string): string {
  return `The state/task '${of}' returned a result nested more than ${depthLimit} deep, which exceeds the limit of the local runtime. Return a flatter result.`;
}

function containersOf(values: readonly unknown[]): readonly object[] {
  return values.filter((value) => typeof value === 'object' && value !== null);
}
