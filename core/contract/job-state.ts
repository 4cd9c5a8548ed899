/**
 * A row of `stateTable`, the only list of job states. The domain, the condition of each write, the API's
 * `actions`, the property tests and the diagram in the docs are derived from that table.
 */
interface StateRow {
  readonly terminal: boolean;
  /**
   * Effect of an abort in this state. `immediate`: the job becomes `aborted`; `via-aborting`: an attempt on AWS
   * Batch goes through `aborting`, an attempt on Lambda becomes `aborted`; `repeat`: same response as to the first abort; `refused`: an error.
   */
  readonly abort: 'immediate' | 'via-aborting' | 'repeat' | 'refused';
  readonly deletable: boolean;
  readonly transitions: readonly string[];
}

/** All job states with their allowed transitions. */
export const stateTable = {
  draft: { terminal: false, abort: 'immediate', deletable: true, transitions: ['ready', 'aborted'] },
  ready: {
    terminal: false,
    abort: 'immediate',
    deletable: true,
    transitions: ['draft', 'waiting', 'pending', 'aborted'],
  },
  waiting: {
    terminal: false,
    abort: 'immediate',
    deletable: false,
    transitions: ['pending', 'error', 'aborted'],
  },
  pending: {
    terminal: false,
    abort: 'immediate',
    deletable: false,
    // It succeeds without an attempt only with the result of another job.
    transitions: ['scheduled', 'executing', 'succeeded', 'error', 'aborted'],
  },
  scheduled: {
    terminal: false,
    abort: 'via-aborting',
    deletable: false,
    transitions: ['pending', 'executing', 'succeeded', 'failed', 'error', 'retrying', 'aborting'],
  },
  executing: {
    terminal: false,
    abort: 'via-aborting',
    deletable: false,
    transitions: ['pending', 'succeeded', 'failed', 'error', 'retrying', 'aborting', 'aborted'],
  },
  retrying: {
    terminal: false,
    abort: 'immediate',
    deletable: false,
    transitions: ['scheduled', 'executing', 'error', 'aborted'],
  },
  aborting: { terminal: false, abort: 'repeat', deletable: false, transitions: ['aborted'] },
  succeeded: { terminal: true, abort: 'refused', deletable: true, transitions: [] },
  failed: { terminal: true, abort: 'refused', deletable: true, transitions: [] },
  error: { terminal: true, abort: 'refused', deletable: true, transitions: [] },
  aborted: { terminal: true, abort: 'repeat', deletable: true, transitions: [] },
} as const satisfies Record<string, StateRow>;

export type JobStatus = keyof typeof stateTable;

export const jobStatuses = Object.keys(stateTable) as readonly JobStatus[]; // keys of a const object

/** States in which a job can be created. */
export const initialStatuses = [
  'draft',
  'ready',
  'waiting',
  'pending',
] as const satisfies readonly JobStatus[];

export function isTerminal(status: JobStatus): boolean {
  return stateTable[status].terminal;
}

/** True for a job that was created without a start and has not been started yet: all of it can be edited. */
export function isUnstarted(status: JobStatus): boolean {
  return status === 'draft' || status === 'ready';
}

/** True when the table allows the transition; a state never transitions to itself. */
export function isAllowedTransition(from: JobStatus, to: JobStatus): boolean {
  const transitions: readonly JobStatus[] = stateTable[from].transitions;
  return transitions.includes(to);
}
