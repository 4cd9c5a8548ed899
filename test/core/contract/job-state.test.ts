import { describe, expect, test } from 'vitest';
import type { JobStatus } from '../../../core/contract/job-state.ts';
import {
  initialStatuses,
  isAllowedTransition,
  isTerminal,
  jobStatuses,
  stateTable,
} from '../../../core/contract/job-state.ts';
import { failureCodes } from '../../../core/contract/policy.ts';

/** Written by hand from the table of the lifecycle guide, so that a change of the code requires a change of this table. */
const expected: Record<
  string,
  { terminal: boolean; abort: string; deletable: boolean; transitions: string }
> = {
  draft: { terminal: false, abort: 'immediate', deletable: true, transitions: 'ready aborted' },
  ready: {
    terminal: false,
    abort: 'immediate',
    deletable: true,
    transitions: 'draft waiting pending aborted',
  },
  waiting: { terminal: false, abort: 'immediate', deletable: false, transitions: 'pending error aborted' },
  pending: {
    terminal: false,
    abort: 'immediate',
    deletable: false,
    transitions: 'scheduled executing succeeded error aborted',
  },
  scheduled: {
    terminal: false,
    abort: 'via-aborting',
    deletable: false,
    transitions: 'pending executing succeeded failed error retrying aborting',
  },
  executing: {
    terminal: false,
    abort: 'via-aborting',
    deletable: false,
    transitions: 'pending succeeded failed error retrying aborting aborted',
  },
  retrying: {
    terminal: false,
    abort: 'immediate',
    deletable: false,
    transitions: 'scheduled executing error aborted',
  },
  aborting: { terminal: false, abort: 'repeat', deletable: false, transitions: 'aborted' },
  succeeded: { terminal: true, abort: 'refused', deletable: true, transitions: '' },
  failed: { terminal: true, abort: 'refused', deletable: true, transitions: '' },
  error: { terminal: true, abort: 'refused', deletable: true, transitions: '' },
  aborted: { terminal: true, abort: 'repeat', deletable: true, transitions: '' },
};

const statuses = Object.keys(expected) as JobStatus[]; // compared with the table in the first test

describe('the state table', () => {
  test('has exactly the states of the lifecycle', () => {
    expect([...jobStatuses].sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(statuses)('describes %s as the lifecycle does', (status) => {
    const { terminal, abort, deletable } = stateTable[status];
    expect({ terminal, abort, deletable, transitions: [...stateTable[status].transitions].sort() }).toEqual({
      ...expected[status],
      transitions: (expected[status]?.transitions ?? '').split(' ').filter(Boolean).sort(),
    });
    expect(isTerminal(status)).toBe(terminal);
  });

  test('allows a transition if and only if the lifecycle lists it', () => {
    const allowed = statuses.flatMap((from) =>
      statuses.filter((to) => isAllowedTransition(from, to)).map((to) => `${from} ${to}`),
    );
    const listed = statuses.flatMap((from) =>
      (expected[from]?.transitions ?? '')
        .split(' ')
        .filter(Boolean)
        .map((to) => `${from} ${to}`),
    );
    expect(allowed.sort()).toEqual(listed.sort());
  });

  test.each(statuses)('leads from %s to an end', (status) => {
    const reached = new Set<string>([status]);
    for (const seen of reached)
      for (const to of statuses) if (isAllowedTransition(seen as JobStatus, to)) reached.add(to);
    expect([...reached].some((seen) => expected[seen]?.terminal)).toBe(true);
  });

  test('lists no transition twice', () => {
    for (const { transitions } of Object.values(stateTable))
      expect(new Set<string>(transitions).size).toBe(transitions.length);
  });

  test('starts no job in a state that has ended', () => {
    expect([...initialStatuses]).toEqual(['draft', 'ready', 'waiting', 'pending']);
    expect(initialStatuses.some(isTerminal)).toBe(false);
  });

  test('defines the end state of every failure code', () => {
    for (const { status } of Object.values(failureCodes)) expect(isTerminal(status)).toBe(true);
  });
});
