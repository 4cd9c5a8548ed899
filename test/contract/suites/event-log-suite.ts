import { beforeEach, expect, test } from 'vitest';
import type { EventLog, LogEntry } from '../../../core/ports/events/event-log.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

/** The contract of all event logs. `makeLog` returns an empty one; the caller cleans up. */
export function describeEventLog(makeLog: () => Promise<EventLog>): void {
  let log: EventLog;
  beforeEach(async () => {
    log = await makeLog();
  });

  const entry = (number: number, given: Partial<LogEntry> = {}): LogEntry => ({
    tenant: 'local',
    number,
    at: someTime + number,
    expiresAtEpochSeconds: Math.ceil(someTime / 1000) + 86_400,
    events: [{ jobId: jobIdAt(someTime), sequence: 1, kind: 'pending' }],
    ...given,
  });
  const appended = async (...numbers: readonly number[]) => {
    for (const number of numbers) expect(await log.append(entry(number))).toBe('appended');
  };
  const numbers = async (from: number, limit = 10, tenant = 'local') =>
    (await log.read({ tenant, from, limit })).map(({ number }) => number);

  test('returns each entry as it was appended', async () => {
    const events = [
      { jobId: jobIdAt(someTime), sequence: 1, kind: 'draft' },
      { jobId: jobIdAt(someTime), sequence: 2, kind: 'pending', service: 'echo' },
      {
        jobId: jobIdAt(someTime + 1),
        sequence: 12,
        kind: 'deleted',
        service: 'echo',
        tagDigests: ['a', 'b'],
      },
      { jobId: jobIdAt(someTime + 2), sequence: 1, kind: 'draft', tagDigests: ['c'], groupDigest: 'd' },
      { jobId: jobIdAt(someTime + 2), sequence: 2, kind: 'ready', service: 'echo', groupDigest: 'd' },
    ];
    const whole = entry(7, { events });
    await log.append(whole);
    expect(await log.read({ tenant: 'local', from: 0, limit: 10 })).toStrictEqual([whole]);
    expect(await log.newest('local', 10)).toStrictEqual([whole]);
  });

  test('refuses a number that is taken, and keeps the entry that has it', async () => {
    await appended(1);
    expect(await log.append(entry(1, { at: 5 }))).toBe('taken');
    expect(await log.read({ tenant: 'local', from: 1, limit: 10 })).toStrictEqual([entry(1)]);
  });

  test('gives a number to exactly one of several concurrent writers', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => log.append(entry(3, { at: index }))),
    );
    expect(outcomes.filter((outcome) => outcome === 'appended')).toHaveLength(1);
  });

  test('reads in the order of the numbers, from a number on, at most as many as requested', async () => {
    const now = someTime;
    await appended(9, 10, 99, now, 100, now + 1);
    expect(await numbers(0)).toEqual([9, 10, 99, 100, now, now + 1]);
    expect(await numbers(10)).toEqual([10, 99, 100, now, now + 1]);
    expect(await numbers(11, 2)).toEqual([99, 100]);
    expect(await numbers(now + 2)).toEqual([]);
  });

  test('returns the newest entries in order', async () => {
    await appended(1, 2, 3, 4);
    expect((await log.newest('local', 2)).map(({ number }) => number)).toEqual([3, 4]);
    expect(await log.newest('local', 10)).toHaveLength(4);
    expect(await log.newest('nobody', 10)).toEqual([]);
  });

  test('separates tenants, also those whose names begin alike', async () => {
    await log.append(entry(1));
    await log.append(entry(1, { tenant: 'local-2' }));
    await log.append(entry(2, { tenant: 'loca' }));
    expect(await numbers(0)).toEqual([1]);
    expect(await numbers(0, 10, 'loca')).toEqual([2]);
  });

  test('gives all writers the same number for the first entry, until it is too old', async () => {
    const request = (now: number) => ({ tenant: 'local', now, notBefore: now - 100 });
    const numbers = await Promise.all([7000, 7001, 6999].map((now) => log.firstNumber(request(now))));
    expect(new Set(numbers).size).toBe(1);
    const [first = 0] = numbers;
    expect([6999, 7000, 7001]).toContain(first);
    expect(await log.firstNumber(request(first + 100))).toBe(first);
    expect(await log.firstNumber(request(first + 101))).toBe(first + 101);
    expect(await log.firstNumber({ ...request(5), tenant: 'other' })).toBe(5);
  });

  test('does not show the number for the first entry as an entry', async () => {
    await log.firstNumber({ tenant: 'local', now: someTime, notBefore: 0 });
    expect(await numbers(0)).toEqual([]);
    expect(await log.newest('local', 10)).toEqual([]);
    await log.append(entry(someTime, { isFirst: true }));
    expect(await log.newest('local', 10)).toStrictEqual([entry(someTime, { isFirst: true })]);
  });

  test('reads more entries than fit in one response of the store', async () => {
    const events = Array.from({ length: 100 }, (_, index) => ({
      jobId: jobIdAt(someTime + index),
      sequence: 1,
      kind: 'pending',
      service: 's'.repeat(63),
      tagDigests: Array.from({ length: 50 }, () => '12345678'),
    }));
    for (let number = 1; number <= 25; number += 1) await log.append(entry(number, { events }));
    expect(await numbers(1, 24)).toHaveLength(24);
    expect(await log.newest('local', 25)).toHaveLength(25);
  });
}
