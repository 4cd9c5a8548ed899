import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../aws/system/system-clock.ts';
import { systemRandom } from '../../../aws/system/system-random.ts';
import { parseJobId } from '../../../core/contract/names.ts';

const now = Date.UTC(2026, 10, 21, 9, 30, 15, 125);

describe('systemRandom', () => {
  test('creates IDs of the given time, also after the clock was set back', () => {
    const random = systemRandom();
    for (const time of [now, now, now + 1, now - 5, now - 3_600_000, now]) {
      const id = random.jobId(time);
      expect(parseJobId(id)).toBe(id);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(time);
    }
  });

  test('creates IDs that ascend within a millisecond and never repeat', () => {
    const random = systemRandom();
    const ids = Array.from({ length: 5000 }, () => random.jobId(now));
    expect(ids.toSorted()).toStrictEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(systemRandom().jobId(now)).not.toBe(systemRandom().jobId(now));
  });

  test('creates unique secrets of 256 bits', () => {
    const secrets = Array.from({ length: 100 }, () => systemRandom().secret());
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(new Set(secrets).size).toBe(100);
  });

  test('returns fractions below 1', () => {
    const fractions = Array.from({ length: 1000 }, () => systemRandom().fraction());
    expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true);
    expect(Math.max(...fractions) - Math.min(...fractions)).toBeGreaterThan(0.5);
  });
});

describe('systemClock', () => {
  test('sleeps at least as long as requested', async () => {
    const before = performance.now();
    await systemClock.sleep(20);
    expect(performance.now() - before).toBeGreaterThanOrEqual(19);
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });

  test('refuses a wait that exceeds the limit of timers', async () => {
    await expect(systemClock.sleep(2 ** 31)).rejects.toThrow(RangeError);
  });
});
