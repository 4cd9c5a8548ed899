import { AwsError } from '../aws-error.ts';

/** Creates a token of a position, with the length of CloudWatch's tokens. */
export function tokenAt(direction: 'f' | 'b', position: number): string {
  return `${direction}/${String(position).padStart(56, '0')}/s`;
}

/** Returns the position in a forward token. Throws `InvalidParameterException` for any other text. */
export function offsetOf(token: string): number {
  const position = Number(/^f\/(\d{56})\/s$/.exec(token)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(position))
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  return position;
}
