import { AwsError } from '../aws-error.ts';

/** A shard iterator as clients see it: it names its stream, as AWS's own do. */
export interface ShardIterator {
  readonly streamArn: string;
  readonly engineIterator: string;
}

/** Writes an iterator in the form `<stream ARN>|1|<engine's iterator>`. */
export function joinIterator(iterator: ShardIterator): string {
  return `${iterator.streamArn}|1|${iterator.engineIterator}`;
}

/** Reads an iterator that a client sent back. Throws `AwsError` `ValidationException` for any other text. */
export function splitIterator(text: unknown): ShardIterator {
  const [streamArn, version, engineIterator] = String(text).split('|');
  if (!streamArn?.startsWith('arn:') || version !== '1' || !engineIterator) {
    throw new AwsError('ValidationException', 'Invalid ShardIterator');
  }
  return { streamArn, engineIterator };
}
