import type { DatabaseSync } from 'node:sqlite';
import { textOrJson } from '../json.ts';
import { openDatabase } from '../sqlite-store.ts';
import type { Execution } from './execution.ts';
import type { Outcome } from './interpreter/host.ts';

/** An execution with its status. */
export interface StoredExecution extends Execution {
  readonly status: 'RUNNING' | Outcome['status'];
  readonly stoppedAtMs?: number;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** Durable storage of executions. Written executions survive a kill of the process. */
export interface ExecutionStore {
  /** Stores an execution. `lost` marks one that a fault hook accepted and discarded; it is not run again. */
  insert(execution: Execution, lost: boolean): void;
  /** Records the end. Returns false if the execution had already ended; the first end is kept. */
  end(arn: string, outcome: Outcome, stoppedAtMs: number): boolean;
  find(arn: string): StoredExecution | undefined;
  open(): readonly Execution[];
  /** Deletes executions that ended before a time, which differs between Express and Standard. */
  prune(before: { readonly expressMs: number; readonly standardMs: number }): void;
  close(): void;
}

const tables = `
  CREATE TABLE IF NOT EXISTS execution (
    arn TEXT PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, input TEXT NOT NULL, started INTEGER NOT NULL,
    lost INTEGER NOT NULL, status TEXT NOT NULL, stopped INTEGER, output TEXT, error TEXT, cause TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS execution_open ON execution(started) WHERE status = 'RUNNING';
  CREATE INDEX IF NOT EXISTS execution_stopped ON execution(stopped) WHERE stopped IS NOT NULL;`;

/** Opens or creates the store in a directory of its own. */
export function openExecutionStore(directory: string): ExecutionStore {
  const database = openDatabase({ directory, file: 'executions.sqlite', tables });
  return { ...writers(database), ...readers(database), close: () => database.close() };
}

function writers(database: DatabaseSync): Pick<ExecutionStore, 'insert' | 'end' | 'prune'> {
  const insert = database.prepare(
    "INSERT INTO execution (arn, machine, name, input, started, lost, status) VALUES (?, ?, ?, ?, ?, ?, 'RUNNING')",
  );
  const end = database.prepare(
    "UPDATE execution SET status = ?, stopped = ?, output = ?, error = ?, cause = ? WHERE arn = ? AND status = 'RUNNING'",
  );
  const prune = database.prepare(
    "DELETE FROM execution WHERE stopped IS NOT NULL AND stopped < CASE WHEN arn LIKE '%:express:%' THEN ? ELSE ? END",
  );
  return {
    insert: ({ arn, machineArn, name, input, startedAtMs }, lost) => {
      insert.run(arn, machineArn, name, input, startedAtMs, lost ? 1 : 0);
    },
    end: (arn, outcome, stoppedAtMs) => {
      const { output, error, cause } = { output: null, error: null, cause: null, ...outcome };
      return end.run(outcome.status, stoppedAtMs, output, error, cause, arn).changes === 1;
    },
    prune: ({ expressMs, standardMs }) => {
      prune.run(expressMs, standardMs);
    },
  };
}

function readers(database: DatabaseSync): Pick<ExecutionStore, 'find' | 'open'> {
  const find = database.prepare('SELECT * FROM execution WHERE arn = ?');
  const open = database.prepare(
    "SELECT * FROM execution WHERE status = 'RUNNING' AND lost = 0 ORDER BY started",
  );
  return {
    find: (arn) => {
      const row = find.get(arn);
      return row === undefined ? undefined : fromRow(row);
    },
    open: () => open.all().map(fromRow),
  };
}

function fromRow(row: Record<string, unknown>): StoredExecution {
  const { stopped, output, error, cause } = row;
  return {
    arn: String(row['arn']),
    machineArn: String(row['machine']),
    name: String(row['name']),
    input: String(row['input']),
    startedAtMs: Number(row['started']),
    // Safe cast: only this file writes the column.
    status: String(row['status']) as StoredExecution['status'],
    ...(stopped === null ? {} : { stoppedAtMs: Number(stopped) }),
    ...(output === null ? {} : { output: textOrJson(output) }),
    ...(error === null ? {} : { error: textOrJson(error) }),
    ...(cause === null ? {} : { cause: textOrJson(cause) }),
  };
}
