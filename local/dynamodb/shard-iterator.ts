import { AwsError } from '../aws-error.ts';

/** The parts of a shard iterator. It contains the ARN of its stream, like AWS's own iterators. */
export interface ShardIterator {
  readonly streamArn: string;
  readonly engineIterator: string;
}

/** Formats an iterator as `<stream ARN>|1|<engine's iterator>`. */
export function joinIterator(iterator: ShardIterator): string {
  return `${iterator.streamArn}|1|${iterator.engineIterator}`;
}

/** Parses an iterator that a client sent. Throws `AwsError` `ValidationException` for any other text. */
export function splitIterator(text: unknown): ShardIterator {
  const [streamArn, version, engineIterator] = String(text).split('|');
  if (!streamArn?.startsWith('arn:') || version !== '1' || !engineIterator) {
    throw new AwsError('ValidationException', 'Invalid ShardIterator');
  }
  return { streamArn, engineIterator };
}
