/**
 * Maximum size of a state's input, output or task result in bytes of JSON.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const dataLimitBytes = 262_144;

/** Reports whether the JSON text of a value exceeds the limit of Step Functions. */
export function exceedsDataLimit(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value) ?? '') > dataLimitBytes;
}

/** Returns AWS's message for a result or output that is too large. */
export function dataLimitCause(of: string): string {
  return `The state/task '${of}' returned a result with a size exceeding the maximum number of bytes service limit.`;
}
