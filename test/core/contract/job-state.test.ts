import { describe, expect, it } from 'vitest';
import type { JobStatus } from '../../../core/contract/job-state.ts';
import {
  initialStatuses,
  isTerminal,
  jobStatuses,
  mayMove,
  stateTable,
} from '../../../core/contract/job-state.ts';
import { failureCodes } from '../../../core/contract/policy.ts';

/** Written by hand from the table of the lifecycle guide, so that a change of the one needs a change of the other. */
const expected: Record<string, { terminal: boolean; abort: string; deletable: boolean; moves: string }> = {
  draft: { terminal: false, abort: 'straight', deletable: true, moves: 'ready aborted' },
  ready: { terminal: false, abort: 'straight', deletable: true, moves: 'draft waiting pending aborted' },
  waiting: { terminal: false, abort: 'straight', deletable: false, moves: 'pending error aborted' },
  pending: {
    terminal: false,
    abort: 'straight',
    deletable: false,
    moves: 'scheduled executing error aborted',
  },
  scheduled: {
    terminal: false,
    abort: 'by-dispatcher',
    deletable: false,
    moves: 'pending executing succeeded failed error retrying aborting',
  },
  executing: {
    terminal: false,
    abort: 'by-dispatcher',
    deletable: false,
    moves: 'pending succeeded failed error retrying aborting aborted',
  },
  retrying: {
    terminal: false,
    abort: 'straight',
    deletable: false,
    moves: 'scheduled executing error aborted',
  },
  aborting: { terminal: false, abort: 'repeat', deletable: false, moves: 'aborted' },
  succeeded: { terminal: true, abort: 'refused', deletable: true, moves: '' },
  failed: { terminal: true, abort: 'refused', deletable: true, moves: '' },
  error: { terminal: true, abort: 'refused', deletable: true, moves: '' },
  aborted: { terminal: true, abort: 'repeat', deletable: true, moves: '' },
};

const statuses = Object.keys(expected) as JobStatus[]; // compared with the table in the first test

describe('the state table', () => {
  it('has exactly the states of the lifecycle', () => {
    expect([...jobStatuses].sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(statuses)('says of %s what the lifecycle says', (status) => {
    const { terminal, abort, deletable } = stateTable[status];
    expect({ terminal, abort, deletable, moves: [...stateTable[status].moves].sort() }).toEqual({
      ...expected[status],
      moves: (expected[status]?.moves ?? '').split(' ').filter(Boolean).sort(),
    });
    expect(isTerminal(status)).toBe(terminal);
  });

  it('allows a move exactly where the lifecycle lists it', () => {
    const allowed = statuses.flatMap((from) =>
      statuses.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`),
    );
    const listed = statuses.flatMap((from) =>
      (expected[from]?.moves ?? '')
        .split(' ')
        .filter(Boolean)
        .map((to) => `${from} ${to}`),
    );
    expect(allowed.sort()).toEqual(listed.sort());
  });

  it.each(statuses)('leads from %s to an end', (status) => {
    const reached = new Set<string>([status]);
    for (const seen of reached)
      for (const to of statuses) if (mayMove(seen as JobStatus, to)) reached.add(to);
    expect([...reached].some((seen) => expected[seen]?.terminal)).toBe(true);
  });

  it('never names the same move twice', () => {
    for (const { moves } of Object.values(stateTable)) expect(new Set<string>(moves).size).toBe(moves.length);
  });

  it('lets a job begin in no state that has ended', () => {
    expect([...initialStatuses]).toEqual(['draft', 'ready', 'waiting', 'pending']);
    expect(initialStatuses.some(isTerminal)).toBe(false);
  });

  it('knows the end state of every failure code', () => {
    for (const { status } of Object.values(failureCodes)) expect(isTerminal(status)).toBe(true);
  });
});
