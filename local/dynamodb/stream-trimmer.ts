import type { Part } from '../cloud.ts';
import type { TableNames } from './engine-names.ts';
import { parsePosition } from './stream-position.ts';
import { trimStreamRecords } from './stream-records-index.ts';

/** Follows how far streams were consumed and trims what is behind. */
export interface StreamTrimmer extends Part {
  /** Notes that all of a stream up to a position was consumed. */
  consumed(streamArn: string, position: string): void;
  /** Trims now; answers how many records went. */
  trim(now: Date): number;
}

/** What trimming needs to know. */
export interface StreamTrimmerOptions {
  readonly databaseFile: string;
  readonly tables: readonly TableNames[];
  readonly onFailure: (error: unknown) => void;
}

/** How long DynamoDB keeps stream records. */
const RETENTION_SECONDS = 86_400;
const INTERVAL_MILLISECONDS = 10 * 60_000;

/**
 * Every ten minutes deletes records that are both consumed and older than a day, at most 1,000 a table.
 * Unlike AWS it keeps what nobody read yet: a machine that slept over a weekend loses nothing.
 */
export function startStreamTrimmer(options: StreamTrimmerOptions): StreamTrimmer {
  const positions = new Map<string, bigint>();

  function trim(now: Date): number {
    const olderThanEpochSeconds = Math.floor(now.getTime() / 1000) - RETENTION_SECONDS;
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
  }, INTERVAL_MILLISECONDS);
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
