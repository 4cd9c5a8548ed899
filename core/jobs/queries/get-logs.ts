import { ProblemError } from '../../contract/problems/problem-error.ts';
import { decodeCursor, encodeCursor } from '../../paging/cursor.ts';
import type { AttemptLogs, LogLine } from '../../ports/attempt-logs.ts';
import type { JobKey } from '../../ports/job-store.ts';
import type { ServiceReader } from '../../ports/service-store.ts';
import { findAttempt, type LoggedAttempt, mayStillWrite } from '../model/attempt-log.ts';
import type { Job } from '../model/job.ts';
import { expiredOutput, outputOf } from './attempt-output.ts';
import { type GetJobDeps, getJob } from './get-job.ts';
import { type LogPart, readLogPage } from './read-log-page.ts';

export interface GetLogsDeps extends GetJobDeps {
  readonly logs: AttemptLogs;
  readonly services: ServiceReader;
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
 * A container without a log has no lines, which is not an error: whether a log exists depends on the progress
 * of the attempt, on the events of Batch and on the retention of the log group, and not on the request. The
 * same holds for an attempt that does not exist, or not yet. An invocation of a function always has lines, so
 * that an attempt whose invocation is unknown or has no lines is refused with the reason.
 *
 * Throws `not-found`, `job-deleted`, `bad-cursor` and `log-out-of-reach`.
 */
export async function getLogs(deps: GetLogsDeps, input: GetLogsInput): Promise<LogLines> {
  const { key, limit } = input;
  const identity = { list: 'logs', tenant: key.tenant, jobId: key.jobId, attempt: input.attempt };
  const position = parsePosition(input.cursor === undefined ? ':' : decodeCursor(identity, input.cursor));
  const job = await getJob(deps, key);
  const attempt = findAttempt(job, input.attempt ?? position.attempt);
  const mayGrow = mayStillWrite(job, attempt, deps.clock.now());
  const part = { from: position.from, limit, checksEnd: !mayGrow };
  const { lines, next, isEnd } = await readAttempt(deps, { job, attempt, mayGrow }, part);
  if (!mayGrow && isEnd) return { lines, isAwaitingMore: false };
  const number = input.attempt ?? position.attempt ?? attempt?.number;
  const nextCursor = encodeCursor(identity, formatPosition({ attempt: number, from: next }));
  return { lines, nextCursor, isAwaitingMore: isEnd };
}

/** The attempt whose log is read. */
interface Reading {
  readonly job: Job;
  /** Absent if it does not exist, or not yet. */
  readonly attempt: LoggedAttempt | undefined;
  readonly mayGrow: boolean;
}

async function readAttempt(deps: GetLogsDeps, { job, attempt, mayGrow }: Reading, part: LogPart) {
  const nothing = { lines: [], next: part.from, isEnd: true };
  if (attempt === undefined) return nothing;
  const output = await outputOf(deps, job, attempt);
  if (output.kind === 'unknown') {
    if (mayGrow || output.detail === undefined) return nothing;
    throw new ProblemError('log-out-of-reach', output.detail);
  }
  const page = await readLogPage(output.read, part);
  switch (page.kind) {
    case 'page':
      return page;
    case 'missing':
      if (mayGrow || attempt.invocation === undefined) return nothing;
      throw new ProblemError('log-out-of-reach', expiredOutput(output.location));
    case 'out-of-reach':
      throw new ProblemError('log-out-of-reach', `Errand has no permission to read ${output.location}`);
    case 'unknown-position':
      throw new ProblemError(
        'bad-cursor',
        'The cursor has expired (after a day) or is damaged; start again without a cursor',
      );
  }
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
