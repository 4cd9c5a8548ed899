/**
 * The one table of job states. The domain, the conditions of each write, the API's `actions`, the property
 * tests and the diagram in the docs are all derived from it; there is no second list of statuses anywhere.
 */
interface StateRow {
  readonly terminal: boolean;
  /** What an abort does here: at once, by way of `aborting`, answered as before, or refused. */
  readonly abort: 'straight' | 'by-dispatcher' | 'repeat' | 'refused';
  readonly deletable: boolean;
  readonly moves: readonly string[];
}

export const stateTable = {
  draft: { terminal: false, abort: 'straight', deletable: true, moves: ['ready', 'aborted'] },
  ready: {
    terminal: false,
    abort: 'straight',
    deletable: true,
    moves: ['draft', 'waiting', 'pending', 'aborted'],
  },
  waiting: { terminal: false, abort: 'straight', deletable: false, moves: ['pending', 'error', 'aborted'] },
  pending: {
    terminal: false,
    abort: 'straight',
    deletable: false,
    moves: ['scheduled', 'executing', 'error', 'aborted'],
  },
  scheduled: {
    terminal: false,
    abort: 'by-dispatcher',
    deletable: false,
    moves: ['pending', 'executing', 'succeeded', 'failed', 'error', 'retrying', 'aborting'],
  },
  executing: {
    terminal: false,
    abort: 'by-dispatcher',
    deletable: false,
    moves: ['pending', 'succeeded', 'failed', 'error', 'retrying', 'aborting', 'aborted'],
  },
  retrying: {
    terminal: false,
    abort: 'straight',
    deletable: false,
    moves: ['scheduled', 'executing', 'error', 'aborted'],
  },
  aborting: { terminal: false, abort: 'repeat', deletable: false, moves: ['aborted'] },
  succeeded: { terminal: true, abort: 'refused', deletable: true, moves: [] },
  failed: { terminal: true, abort: 'refused', deletable: true, moves: [] },
  error: { terminal: true, abort: 'refused', deletable: true, moves: [] },
  aborted: { terminal: true, abort: 'repeat', deletable: true, moves: [] },
} as const satisfies Record<string, StateRow>;

export type JobStatus = keyof typeof stateTable;

export const jobStatuses = Object.keys(stateTable) as readonly JobStatus[]; // keys of a const object

/** States that a job may be created in. */
export const initialStatuses = [
  'draft',
  'ready',
  'waiting',
  'pending',
] as const satisfies readonly JobStatus[];

export function isTerminal(status: JobStatus): boolean {
  return stateTable[status].terminal;
}

/** True for a job that was made without a start, and has not been started: all of it can still be edited. */
export function isStartable(status: JobStatus): boolean {
  return status === 'draft' || status === 'ready';
}

/** True when the table allows the move; a state never moves to itself. */
export function mayMove(from: JobStatus, to: JobStatus): boolean {
  const moves: readonly JobStatus[] = stateTable[from].moves;
  return moves.includes(to);
}
