import type { Part } from '../cloud.ts';
import type { TableNames } from './engine-names.ts';
import { parsePosition } from './stream-position.ts';
import { trimStreamRecords } from './stream-records-index.ts';

/** Records the consumed positions of streams and deletes consumed records. */
export interface StreamTrimmer extends Part {
  /** Records that a stream was consumed up to a position. */
  consumed(streamArn: string, position: string): void;
  /** Deletes records and returns their number. */
  trim(now: Date): number;
}

/** Options of the trimmer. */
export interface StreamTrimmerOptions {
  readonly databaseFile: string;
  readonly tables: readonly TableNames[];
  readonly onFailure: (error: unknown) => void;
}

/** Time for which DynamoDB keeps stream records. */
const retentionSeconds = 86_400;
const intervalMs = 10 * 60_000;

/**
 * Deletes records every ten minutes if they are both consumed and older than a day, at most 1,000 per table.
 * Unlike AWS, it keeps unread records, so that a machine that slept over a weekend loses none.
 */
export function startStreamTrimmer(options: StreamTrimmerOptions): StreamTrimmer {
  const positions = new Map<string, bigint>();

  function trim(now: Date): number {
    const olderThanEpochSeconds = Math.floor(now.getTime() / 1000) - retentionSeconds;
    let trimmed = 0;
    for (const { name, stream } of options.tables) {
      const consumedSequence = stream && positions.get(stream.arn);
      if (consumedSequence === undefined) continue;
      trimmed += trimStreamRecords(options.databaseFile, {
        tableName: name,
        consumedSequence,
        olderThanEpochSeconds,
      });
    }
    return trimmed;
  }

  const timer = setInterval(() => {
    try {
      trim(new Date());
    } catch (error) {
      options.onFailure(error);
    }
  }, intervalMs);
  timer.unref();

  return {
    consumed(streamArn, position) {
      const sequences = [...parsePosition(position).values()].map(({ sequence }) => BigInt(sequence || '0'));
      const [lowest] = sequences.sort((a, b) => (a < b ? -1 : 1));
      if (lowest !== undefined) positions.set(streamArn, lowest);
    },
    trim,
    async stop() {
      clearInterval(timer);
    },
  };
}
