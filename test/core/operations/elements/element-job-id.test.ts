import { describe, expect, test } from 'vitest';
import { parseJobId } from '../../../../core/contract/names.ts';
import { elementJobId } from '../../../../core/operations/elements/element-job-id.ts';
import { timeInId } from '../../../../core/std/id-time.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';

const operationId = jobIdAt(someTime);
const idOf = (index: number, idTime = someTime) => elementJobId({ operationId, idTime, index });

describe('the ID of the job of an element', () => {
  test('is a UUIDv7 with the given time', () => {
    for (const index of [0, 1, 63, 64, 99_999]) {
      expect(idOf(index)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(parseJobId(idOf(index))).toBe(idOf(index));
      expect(timeInId(idOf(index))).toBe(someTime);
    }
  });

  test('is the same for the same element only', () => {
    expect(idOf(7)).toBe(idOf(7));
    const ids = Array.from({ length: 10_000 }, (_, index) => idOf(index));
    const ofOther = elementJobId({ operationId: jobIdAt(someTime, 9n), idTime: someTime, index: 7 });
    expect(new Set([...ids, idOf(7, someTime + 1), ofOther]).size).toBe(10_002);
  });

  test('sorts like the elements with the same time', () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => idOf(index));
    expect([...ids].sort()).toEqual(ids);
  });
});
