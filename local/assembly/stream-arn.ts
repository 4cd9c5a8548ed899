/** The ARN of a table's stream: the label is fixed, since the stream lives as long as its table here. */
export function localStreamArn(tableArn: string): string {
  return `${tableArn}/stream/2020-01-01T00:00:00.000`;
}
