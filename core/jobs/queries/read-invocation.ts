import { createHmac } from 'node:crypto';
import { sameDigest } from '../../access/model/worker-token.ts';
import type {
  AttemptLogs,
  LogLine,
  LogPage,
  LogRange,
  LogRead,
  TimeRange,
} from '../../ports/attempt-logs.ts';
import type { Invocation } from '../model/job.ts';
import { type ScanState, scanLine } from './invocation-lines.ts';

/** An invocation whose lines are read. */
export interface InvocationLog {
  readonly logs: AttemptLogs;
  readonly group: string;
  readonly invocation: Invocation;
  /** The time in which the function may have written lines. */
  readonly time: TimeRange;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Signs positions; a secret of the job that callers do not know. */
  readonly secret: string;
}

/** Where a reader continues: a search for the stream, or a position in the stream. */
type Position =
  | { readonly kind: 'search'; readonly from?: string | undefined; readonly endAt: number }
  | {
      readonly kind: 'stream';
      readonly from?: string | undefined;
      readonly stream: string;
      readonly state: ScanState;
      readonly startAt: number;
    };

/**
 * Reads the lines of one invocation from the log group of its function, which contains the lines of all invocations. The stream is
 * the one in which the first line with the request ID is found, unless the function has reported it. `missing` means that no line
 * of the invocation exists.
 *
 * A position contains the stream and the state of the reader there. It is signed, because with another position a caller
 * could read the lines of another tenant's job.
 */
export async function readInvocation(log: InvocationLog, { from, limit }: LogRange): Promise<LogRead> {
  const position = from === undefined ? firstPosition(log) : openPosition(log, from);
  if (position === undefined) return { kind: 'unknown-position' };
  return position.kind === 'search' ? search(log, position, limit) : readStream(log, position, limit);
}

function firstPosition(log: InvocationLog): Position {
  const {
    invocation: { stream },
    time,
  } = log;
  if (stream === undefined) return { kind: 'search', endAt: time.endAt ?? log.now };
  return { kind: 'stream', stream, state: 'before', startAt: time.startAt };
}

/** Reads the stream at once if it is found, and returns an empty page if the search is not over. */
async function search(
  log: InvocationLog,
  { from, endAt }: Position & { kind: 'search' },
  limit: number,
): Promise<LogRead> {
  const { group, invocation, logs } = log;
  const time = { startAt: log.time.startAt, endAt };
  const found = await logs.search({ group, text: invocation.requestId, time, from });
  if (found.kind !== 'found') return found;
  const first = found.lines.find(
    ({ message }) => scanLine('before', message, invocation.requestId).state !== 'before',
  );
  if (first !== undefined)
    return readStream(
      log,
      { kind: 'stream', stream: first.stream, state: 'before', startAt: first.at },
      limit,
    );
  if (found.next === undefined) return { kind: 'missing' };
  const next = sealPosition(log, { kind: 'search', endAt, from: found.next });
  return { kind: 'page', lines: [], next, isEnd: false };
}

async function readStream(
  log: InvocationLog,
  position: Position & { kind: 'stream' },
  limit: number,
): Promise<LogRead> {
  const { stream, from, startAt } = position;
  const time = { startAt, endAt: log.time.endAt };
  const page = await log.logs.read({ group: log.group, stream }, { from, limit, time });
  if (page.kind !== 'page') return page;
  const { lines, state } = outputIn(page, position.state, log.invocation.requestId);
  if (page.isEnd && state === 'before') return { kind: 'missing' };
  const next = sealPosition(log, { ...position, state, from: page.next });
  return { kind: 'page', lines, next, isEnd: page.isEnd || state === 'done' };
}

/** The lines of the invocation, without line terminators. */
function outputIn(page: LogPage, before: ScanState, requestId: string) {
  const lines: LogLine[] = [];
  let state = before;
  for (const line of page.lines) {
    const scanned = scanLine(state, line.message, requestId);
    state = scanned.state;
    if (scanned.isOutput) lines.push({ at: line.at, message: line.message.replace(/\r?\n$/, '') });
  }
  return { lines, state };
}

const signatureLength = 22;

function sealPosition(log: InvocationLog, position: Position): string {
  const text = JSON.stringify(position);
  return `${signatureOf(log, text)}${text}`;
}

/** Undefined for a position that `sealPosition` did not return for the same invocation. */
function openPosition(log: InvocationLog, sealed: string): Position | undefined {
  const text = sealed.slice(signatureLength);
  if (!sameDigest(sealed.slice(0, signatureLength), signatureOf(log, text))) return undefined;
  return JSON.parse(text) as Position; // signed, so `sealPosition` wrote it
}

function signatureOf({ secret, group, invocation }: InvocationLog, text: string): string {
  const signed = JSON.stringify([group, invocation.requestId, text]);
  return createHmac('sha256', secret).update(signed).digest('base64url').slice(0, signatureLength);
}
