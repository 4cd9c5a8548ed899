/** Most bytes of JSON that a state's input, output or task result may have. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const DATA_LIMIT_BYTES = 262_144;

/** True when the JSON text of a value is longer than Step Functions carries. */
export function exceedsDataLimit(value: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(value) ?? '') > DATA_LIMIT_BYTES;
}

/** AWS's sentence for a result or output that is too large. */
export function dataLimitCause(of: string): string {
  return `The state/task '${of}' returned a result with a size exceeding the maximum number of bytes service limit.`;
}
