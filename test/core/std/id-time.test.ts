import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { idBound, timeInId } from '../../../core/std/id-time.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('idBound', () => {
  test('separates the IDs that were created before a time from all others', () => {
    const near = fc
      .tuple(time, fc.integer({ min: -2, max: 2 }))
      .map(([at, offset]) => [at, at + offset] as const);
    const apart = fc.tuple(time, time);
    const property = fc.property(
      fc.oneof(near, apart),
      fc.bigInt({ min: 0n, max: 2n ** 60n - 1n }),
      ([at, made], salt) => {
        fc.pre(made >= 0 && made < 2 ** 48);
        const id = jobIdAt(made, salt);
        expect(timeInId(id)).toBe(made);
        expect(id > idBound(at)).toBe(made >= at);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  test('is below every ID for a time before the first, and above every ID for a time after the last', () => {
    const [first, last] = [jobIdAt(0), jobIdAt(2 ** 48 - 1, 2n ** 60n - 1n)];
    expect(idBound(-1) < first).toBe(true);
    expect(idBound(2 ** 48) > last).toBe(true);
    expect(idBound(Number.POSITIVE_INFINITY) > last).toBe(true);
  });
});
