import type { JobStatus } from '../../../core/contract/job-state.ts';
import type { Move } from '../../../core/jobs/model/job.ts';

const letters = {
  draft: 'd',
  ready: 'r',
  waiting: 'w',
  pending: 'p',
  scheduled: 'c',
  executing: 'x',
  retrying: 'y',
  aborting: 'b',
  succeeded: 's',
  failed: 'f',
  error: 'e',
  aborted: 'a',
} as const satisfies Record<JobStatus, string>;

const statusOf = new Map<string, JobStatus>(
  // Object.entries widens the keys of a constant table.
  Object.entries(letters).map(([status, letter]) => [letter, status as JobStatus]),
);

const movePattern = /^([a-z])(\d+)\.(-?[0-9a-z]+)$/;

/**
 * A job's moves as one short text: `<letter><attempt>.<milliseconds since the move before, base 36>`, joined by
 * commas; the first counts from `requestedAt`. The usual first move, `pending` at `requestedAt`, is written as
 * nothing, so a job that has just been made gives the empty text. Times are whole milliseconds.
 */
export function writeMoves(moves: readonly Move[], requestedAt: number): string {
  let before = requestedAt;
  const parts = moves.map((move, index) => {
    const since = move.at - before;
    before = move.at;
    if (index === 0 && move.status === 'pending' && move.attempt === 0 && since === 0) return '';
    return `${letters[move.status]}${move.attempt}.${since.toString(36)}`;
  });
  return parts.join(',');
}

/** Reads what `writeMoves` wrote; throws on any other text. */
export function readMoves(moves: string, requestedAt: number): readonly Move[] {
  let at = requestedAt;
  return moves.split(',').map((part, index): Move => {
    if (index === 0 && part === '') return { status: 'pending', at, attempt: 0 };
    const [, letter = '', attempt = '', since = ''] = movePattern.exec(part) ?? [];
    const status = statusOf.get(letter);
    if (status === undefined) throw new Error(`"${part}" is not a stored move`);
    at += Number.parseInt(since, 36);
    return { status, at, attempt: Number(attempt) };
  });
}
