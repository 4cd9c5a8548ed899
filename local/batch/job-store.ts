import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../sqlite-store.ts';
import { hasEnded, type Job } from './job.ts';

/** A job with its version, which is the number of its writes. */
export interface StoredJob {
  readonly job: Job;
  readonly version: number;
}

/** Filter of a list of jobs. Times are epoch milliseconds; both bounds are exclusive. */
export interface JobListing {
  readonly queueArn: string;
  readonly status?: string;
  /** Pattern in lower case; a final `*` matches any suffix. */
  readonly namePattern?: string;
  readonly createdBeforeMs?: number;
  readonly createdAfterMs?: number;
  readonly limit: number;
  readonly offset: number;
}

/** Durable storage of jobs. Written jobs survive a kill of the process. */
export interface JobStore {
  insert(job: Job): StoredJob;
  update(job: Job): StoredJob;
  /**
   * Records that the bus accepted the event of this version, so that it is not published again after a
   * restart.
   */
  markAnnounced(id: string, version: number): void;
  find(id: string): Job | undefined;
  /** Returns all jobs that have not ended, oldest first. */
  open(): readonly Job[];
  /** Returns the jobs whose last change of state has not been published. */
  unannounced(): readonly StoredJob[];
  /** Returns jobs, newest first. */
  list(listing: JobListing): readonly Job[];
  /** Deletes the jobs that ended before a time and returns them. */
  prune(endedBeforeMs: number): readonly Job[];
  close(): void;
}

const tables = `
  CREATE TABLE IF NOT EXISTS job (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    created INTEGER NOT NULL, ended INTEGER, version INTEGER NOT NULL, announced INTEGER NOT NULL, body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS job_open ON job(number) WHERE ended IS NULL;
  CREATE INDEX IF NOT EXISTS job_ended ON job(ended) WHERE ended IS NOT NULL;
  CREATE INDEX IF NOT EXISTS job_of_queue ON job(queue, name);
  CREATE INDEX IF NOT EXISTS job_unannounced ON job(number) WHERE announced < version;`;

/** Opens or creates the store in a directory of its own. */
export function openJobStore(directory: string): JobStore {
  const database = openDatabase({ directory, file: 'jobs.sqlite', tables });
  return { ...writers(database), ...readers(database), close: () => database.close() };
}

/** A submission has no event, so its version counts as announced. */
function writers(database: DatabaseSync): Pick<JobStore, 'insert' | 'update' | 'markAnnounced' | 'prune'> {
  const insert = database.prepare(
    'INSERT INTO job (id, queue, name, status, created, version, announced, body) VALUES (?, ?, ?, ?, ?, 1, 1, ?)',
  );
  const update = database.prepare(
    'UPDATE job SET status = ?, ended = ?, version = version + 1, body = ? WHERE id = ? RETURNING version',
  );
  const mark = database.prepare('UPDATE job SET announced = max(announced, ?) WHERE id = ?');
  const prune = database.prepare('DELETE FROM job WHERE ended IS NOT NULL AND ended < ? RETURNING body');
  return {
    insert: (job) => {
      insert.run(
        job.id,
        job.queueArn,
        job.name.toLowerCase(),
        job.status,
        job.createdAtMs,
        JSON.stringify(job),
      );
      return { job, version: 1 };
    },
    update: (job) => {
      const ended = hasEnded(job) ? (job.stoppedAtMs ?? Date.now()) : null;
      const row = update.get(job.status, ended, JSON.stringify(job), job.id);
      return { job, version: Number(row?.['version']) };
    },
    markAnnounced: (id, version) => {
      mark.run(version, id);
    },
    prune: (endedBeforeMs) => prune.all(endedBeforeMs).map(jobOf),
  };
}

function readers(database: DatabaseSync): Pick<JobStore, 'find' | 'open' | 'unannounced' | 'list'> {
  const find = database.prepare('SELECT body FROM job WHERE id = ?');
  const open = database.prepare('SELECT body FROM job WHERE ended IS NULL ORDER BY number');
  const unannounced = database.prepare(
    'SELECT body, version FROM job WHERE announced < version ORDER BY number',
  );
  const list = database.prepare(
    `SELECT body FROM job WHERE queue = ? AND status = coalesce(?, status) AND name GLOB coalesce(?, '*')
     AND created < coalesce(?, created + 1) AND created > coalesce(?, created - 1)
     ORDER BY number DESC LIMIT ? OFFSET ?`,
  );
  return {
    find: (id) => {
      const row = find.get(id);
      return row === undefined ? undefined : jobOf(row);
    },
    open: () => open.all().map(jobOf),
    unannounced: () => unannounced.all().map((row) => ({ job: jobOf(row), version: Number(row['version']) })),
    list: ({ queueArn, status, namePattern, createdBeforeMs, createdAfterMs, limit, offset }) =>
      list
        .all(
          queueArn,
          status ?? null,
          namePattern ?? null,
          createdBeforeMs ?? null,
          createdAfterMs ?? null,
          limit,
          offset,
        )
        .map(jobOf),
  };
}

function jobOf(row: Record<string, unknown>): Job {
  // Safe cast: only this file writes the column.
  return JSON.parse(String(row['body'])) as Job;
}
