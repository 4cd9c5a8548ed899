import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTransitions, writeTransitions } from '../../../../aws/dynamodb/job-items/job-transitions.ts';
import { jobStatuses } from '../../../../core/contract/job-state.ts';

describe('stored transitions', () => {
  const move = fc.record(
    {
      status: fc.constantFrom(...jobStatuses),
      at: fc.integer({ min: -1_000_000, max: 2 ** 43 }),
      attempt: fc.integer({ min: 0, max: 10 }),
    },
    { noNullPrototype: true },
  );

  test('return any transitions in any order of their times', () => {
    fc.assert(
      fc.property(
        fc.array(move, { minLength: 1, maxLength: 40 }),
        fc.nat(2 ** 43),
        (transitions, requestedAt) => {
          expect(readTransitions(writeTransitions(transitions, requestedAt), requestedAt)).toStrictEqual(
            transitions,
          );
        },
      ),
    );
  });

  test('have a distinct form for each state', () => {
    const forms = jobStatuses.map((status) => writeTransitions([{ status, at: 7, attempt: 2 }], 0));
    expect(new Set(forms).size).toBe(jobStatuses.length);
  });

  test('are absent for the first transition that the layout implies', () => {
    expect(writeTransitions([{ status: 'pending', at: 5, attempt: 0 }], 5)).toBe('');
  });

  test.each(['q1.0', 'x1', 'x.1', ',,x1.1', 'x1.1 '])('with the text "%s" are refused', (text) => {
    expect(() => readTransitions(text, 0)).toThrow('is not a stored transition');
  });
});
