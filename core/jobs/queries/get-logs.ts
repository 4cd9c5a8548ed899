import { ProblemError } from '../../contract/problems/problem-error.ts';
import { readCursor, writeCursor } from '../../paging/cursor.ts';
import type { AttemptLogs, LogLine } from '../../ports/attempt-logs.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { lastAttemptWithLog, logOf, mayStillWrite } from '../model/attempt-log.ts';
import type { AttemptLog } from '../model/job.ts';
import { hideAccount } from '../records/hide-account.ts';
import { type GetJobDeps, getJob } from './get-job.ts';
import { type LogPart, readLogPage } from './read-log-page.ts';

export interface GetLogsDeps extends GetJobDeps {
  readonly logs: AttemptLogs;
}

export interface GetLogsInput {
  readonly key: JobKey;
  /** 1..10; the last attempt that has a log when absent. */
  readonly attempt?: number | undefined;
  readonly cursor?: string | undefined;
  /** 1..1000. */
  readonly limit: number;
}

export interface LogLines {
  readonly lines: readonly LogLine[];
  readonly nextCursor?: string;
  /** True when all that is there now was told, and more may come. */
  readonly isAwaitingMore: boolean;
}

/** Where a reader is: in which attempt's log once that is known, and behind which of its pages. */
interface LogPosition {
  readonly attempt: number | undefined;
  readonly from: string | undefined;
}

/**
 * A page of what an attempt has written, oldest first. While more may come there always is a cursor, so that a reader
 * can follow; a log that has ended has none at its end.
 *
 * An attempt without a log has no lines and is not told as not found: whether there is a log depends on how far the
 * attempt is, on what Batch has told so far and on how long its log group keeps lines, and none of that is a fault of the
 * caller. The same holds for an attempt that there is not, or not yet, and for all on Lambda: a function's log has the
 * lines of all its calls, and nothing tells which are of a job.
 *
 * Throws `not-found`, `job-deleted`, `bad-cursor` and `log-out-of-reach`.
 */
export async function getLogs(deps: GetLogsDeps, input: GetLogsInput): Promise<LogLines> {
  const { key, limit } = input;
  const identity = { list: 'logs', tenant: key.tenant, jobId: key.jobId, attempt: input.attempt };
  const begun = readPosition(input.cursor === undefined ? ':' : readCursor(identity, input.cursor));
  const job = await getJob(deps, key);
  const attempt = input.attempt ?? begun.attempt ?? lastAttemptWithLog(job);
  const mayGrow = mayStillWrite(job, attempt, deps.clock.now());
  const log = logOf(job, attempt);
  const nothing = { lines: [], next: begun.from, isEnd: true };
  const part = { from: begun.from, limit, overlapMs: !mayGrow };
  const page = (log === undefined ? undefined : await readIfThere(deps.logs, { log, ...part })) ?? nothing;
  const { lines, next, isEnd } = page;
  if (!mayGrow && isEnd) return { lines, isAwaitingMore: false };
  const nextCursor = writeCursor(identity, writePosition({ attempt, from: next }));
  return { lines, nextCursor, isAwaitingMore: isEnd };
}

async function readIfThere(logs: AttemptLogs, part: LogPart) {
  const page = await readLogPage(logs, part);
  switch (page.kind) {
    case 'page':
      return page;
    case 'missing':
      return undefined;
    case 'out-of-reach':
      throw outOfReach(part.log);
    case 'unknown-place':
      throw new ProblemError('bad-cursor', 'The cursor is older than a day, or damaged: begin without one');
  }
}

function outOfReach({ group, stream }: AttemptLog): ProblemError {
  const detail = `The service may not read the log group ${group}, whose stream ${stream} has the lines`;
  return new ProblemError('log-out-of-reach', hideAccount(detail));
}

function writePosition({
  attempt = '',
  from = '',
}: { readonly [member in keyof LogPosition]: LogPosition[member] | '' }) {
  return `${attempt}:${from}`;
}

function readPosition(position: string): LogPosition {
  const [, attempt, from] = /^([1-9]|10)?:(.*)$/su.exec(position) ?? [];
  if (from === undefined) throw new ProblemError('bad-cursor', 'The cursor is damaged');
  return { attempt: attempt === undefined ? undefined : Number(attempt), from: from || undefined };
}
