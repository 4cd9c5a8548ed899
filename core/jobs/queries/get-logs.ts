import { ProblemError } from '../../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../../paging/cursor.ts';
import type { AttemptLogs, LogLine } from '../../ports/attempt-logs.ts';
import type { JobKey } from '../../ports/job-store.ts';
import { lastAttemptWithLog, logOf, mayStillWrite } from '../model/attempt-log.ts';
import type { AttemptLog } from '../model/job.ts';
import { redactAwsIdentifiers } from '../records/redact-aws-identifiers.ts';
import { type GetJobDeps, getJob } from './get-job.ts';
import { type LogPart, readLogPage } from './read-log-page.ts';

export interface GetLogsDeps extends GetJobDeps {
  readonly logs: AttemptLogs;
}

export interface GetLogsInput {
  readonly key: JobKey;
  /** 1..10; if absent, the last attempt that has a log. */
  readonly attempt?: number | undefined;
  readonly cursor?: string | undefined;
  /** 1..1000. */
  readonly limit: number;
}

export interface LogLines {
  readonly lines: readonly LogLine[];
  readonly nextCursor?: string;
  /** True if all lines that exist now were returned, and more may follow. */
  readonly isAwaitingMore: boolean;
}

/** The position of a reader: the attempt, once it has been chosen, and the position in its log. */
interface LogPosition {
  readonly attempt: number | undefined;
  readonly from: string | undefined;
}

/**
 * A page of the log of an attempt, oldest line first. While more lines may follow, there is always a cursor,
 * so that a reader can follow the log; a log that has ended has none on its last page.
 *
 * An attempt without a log has no lines, which is not an error: whether a log exists depends on the progress
 * of the attempt, on the events of Batch and on the retention of the log group, and not on the request. The
 * same holds for an attempt that does not exist, or not yet, and for all attempts on Lambda: the log of a
 * function contains the lines of all of its invocations, and they cannot be assigned to jobs.
 *
 * Throws `not-found`, `job-deleted`, `bad-cursor` and `log-out-of-reach`.
 */
export async function getLogs(deps: GetLogsDeps, input: GetLogsInput): Promise<LogLines> {
  const { key, limit } = input;
  const identity = { list: 'logs', tenant: key.tenant, jobId: key.jobId, attempt: input.attempt };
  const position = parsePosition(input.cursor === undefined ? ':' : decodeCursor(identity, input.cursor));
  const job = await getJob(deps, key);
  const attempt = input.attempt ?? position.attempt ?? lastAttemptWithLog(job);
  const mayGrow = mayStillWrite(job, attempt, deps.clock.now());
  const log = logOf(job, attempt);
  const nothing = { lines: [], next: position.from, isEnd: true };
  const part = { from: position.from, limit, checksEnd: !mayGrow };
  const page = (log === undefined ? undefined : await readIfExists(deps.logs, { log, ...part })) ?? nothing;
  const { lines, next, isEnd } = page;
  if (!mayGrow && isEnd) return { lines, isAwaitingMore: false };
  const nextCursor = encodeCursor(identity, formatPosition({ attempt, from: next }));
  return { lines, nextCursor, isAwaitingMore: isEnd };
}

async function readIfExists(logs: AttemptLogs, part: LogPart) {
  const page = await readLogPage(logs, part);
  switch (page.kind) {
    case 'page':
      return page;
    case 'missing':
      return undefined;
    case 'out-of-reach':
      throw outOfReachProblem(part.log);
    case 'unknown-position':
      throw new ProblemError(
        'bad-cursor',
        'The cursor has expired (after a day) or is damaged; start again without a cursor',
      );
  }
}

function outOfReachProblem({ group, stream }: AttemptLog): ProblemError {
  const detail = `Errand has no permission to read the log group ${group}, which contains the stream ${stream}`;
  return new ProblemError('log-out-of-reach', redactAwsIdentifiers(detail));
}

function formatPosition({
  attempt = '',
  from = '',
}: { readonly [member in keyof LogPosition]: LogPosition[member] | '' }) {
  return `${attempt}:${from}`;
}

function parsePosition(position: string): LogPosition {
  const [, attempt, from] = /^([1-9]|10)?:(.*)$/su.exec(position) ?? [];
  if (from === undefined) throw new ProblemError('bad-cursor', 'The cursor is damaged');
  return { attempt: attempt === undefined ? undefined : Number(attempt), from: from || undefined };
}
