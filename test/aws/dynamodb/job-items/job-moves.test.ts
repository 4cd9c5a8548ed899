import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMoves, writeMoves } from '../../../../aws/dynamodb/job-items/job-moves.ts';
import { jobStatuses } from '../../../../core/contract/job-state.ts';

describe('stored moves', () => {
  const move = fc.record(
    {
      status: fc.constantFrom(...jobStatuses),
      at: fc.integer({ min: -1_000_000, max: 2 ** 43 }),
      attempt: fc.integer({ min: 0, max: 10 }),
    },
    { noNullPrototype: true },
  );

  it('give back any moves in any order of their times', () => {
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 40 }), fc.nat(2 ** 43), (moves, requestedAt) => {
        expect(readMoves(writeMoves(moves, requestedAt), requestedAt)).toStrictEqual(moves);
      }),
    );
  });

  it('have a form of their own for each state', () => {
    const forms = jobStatuses.map((status) => writeMoves([{ status, at: 7, attempt: 2 }], 0));
    expect(new Set(forms).size).toBe(jobStatuses.length);
  });

  it('are nothing for the usual first move', () => {
    expect(writeMoves([{ status: 'pending', at: 5, attempt: 0 }], 5)).toBe('');
  });

  it.each(['q1.0', 'x1', 'x.1', ',,x1.1', 'x1.1 '])('refuse the text "%s"', (text) => {
    expect(() => readMoves(text, 0)).toThrow('is not a stored move');
  });
});
