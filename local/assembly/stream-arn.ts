/**
 * Returns the ARN of a table's stream. Its label is constant, because a local stream exists as long as its
 * table.
 */
export function localStreamArn(tableArn: string): string {
  return `${tableArn}/stream/2020-01-01T00:00:00.000`;
}
