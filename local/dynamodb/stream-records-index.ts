import { DatabaseSync } from 'node:sqlite';

const createIndex =
  'CREATE INDEX IF NOT EXISTS local_seq ON _stream_records(table_name, CAST(sequence_number AS INTEGER))';

/** The engine's own queries: for the next sequence number, and for records. */
const engineQueries = [
  'SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1',
  `SELECT event_name FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2
   AND CAST(sequence_number AS INTEGER) > ?3 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4`,
];

/**
 * Adds an index. Without it, each write to a table with a stream scans all stream records. Throws if the
 * engine's private schema has changed so that the index is not used.
 */
export function indexStreamRecords(databaseFile: string): void {
  withDatabase(databaseFile, (database) => {
    try {
      database.exec(createIndex);
    } catch (cause) {
      throw new Error(
        'the DynamoDB engine stores its stream records in an unexpected schema; install the version of the engine that package.json names',
        { cause },
      );
    }
    for (const query of engineQueries) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN ${query}`).all();
      const details = plan.map((row) => String(row['detail'])).join('; ');
      if (!details.includes('local_seq'))
        throw new Error(`the DynamoDB engine does not use the index of the stream records: ${details}`);
    }
  });
}

/** The stream records of a table that may be deleted. */
export interface TrimRequest {
  readonly tableName: string;
  /** Records after this sequence number are kept. */
  readonly consumedSequence: bigint;
  /** Records created at or after this time are kept. */
  readonly olderThanEpochSeconds: number;
}

/** Number of records that are deleted at once: small enough that writers hardly wait. */
const trimBatch = 1000;

/**
 * Deletes the oldest consumed stream records of a table, at most 1,000, and returns their number. The newest
 * record is always kept, because the engine derives the next sequence number from it.
 */
export function trimStreamRecords(databaseFile: string, request: TrimRequest): number {
  return withDatabase(databaseFile, (database) => {
    const { changes } = database
      .prepare(
        `DELETE FROM _stream_records WHERE id IN (
           SELECT id FROM (
             SELECT id, created_at FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) <= ?2
               AND CAST(sequence_number AS INTEGER) <
                 (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = ?1)
             ORDER BY CAST(sequence_number AS INTEGER) LIMIT ${trimBatch}
           ) WHERE created_at < ?3
         )`,
      )
      .run(request.tableName, request.consumedSequence, request.olderThanEpochSeconds);
    return Number(changes);
  });
}

/** The engine has the file open too, so each access is short and waits for the engine's lock. */
function withDatabase<T>(databaseFile: string, visit: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(databaseFile, { timeout: 5000 });
  try {
    return visit(database);
  } finally {
    database.close();
  }
}
