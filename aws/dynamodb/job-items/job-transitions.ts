import type { JobStatus } from '../../../core/contract/job-state.ts';
import type { Transition } from '../../../core/jobs/model/job.ts';

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

const transitionPattern = /^([a-z])(\d+)\.(-?[0-9a-z]+)$/;

/**
 * Encodes a job's transitions as one short text: `<letter><attempt>.<milliseconds since the previous
 * transition, base 36>`, joined by commas; the first counts from `requestedAt`. The usual first transition,
 * `pending` at `requestedAt`, is encoded as empty text, so a new job has an empty text. Times are whole
 * milliseconds.
 */
export function writeTransitions(transitions: readonly Transition[], requestedAt: number): string {
  let before = requestedAt;
  const parts = transitions.map((transition, index) => {
    const since = transition.at - before;
    before = transition.at;
    if (index === 0 && transition.status === 'pending' && transition.attempt === 0 && since === 0) return '';
    return `${letters[transition.status]}${transition.attempt}.${since.toString(36)}`;
  });
  return parts.join(',');
}

/** Decodes a text that `writeTransitions` wrote; throws for any other text. */
export function readTransitions(transitions: string, requestedAt: number): readonly Transition[] {
  let at = requestedAt;
  return transitions.split(',').map((part, index): Transition => {
    if (index === 0 && part === '') return { status: 'pending', at, attempt: 0 };
    const [, letter = '', attempt = '', since = ''] = transitionPattern.exec(part) ?? [];
    const status = statusOf.get(letter);
    if (status === undefined) throw new Error(`"${part}" is not a stored transition`);
    at += Number.parseInt(since, 36);
    return { status, at, attempt: Number(attempt) };
  });
}
