import { describe, expect, test } from 'vitest';
import { dueShard, dueShards } from '../../../../aws/dynamodb/job-items/due-shard.ts';
import { systemRandom } from '../../../../aws/system/system-random.ts';

describe('dueShard', () => {
  test('is constant for an ID', () => {
    expect(dueShard('019aa5c9-b4cd-7123-8456-000000000789')).toBe('5');
  });

  test('spreads the IDs of one millisecond evenly', () => {
    const random = systemRandom();
    const counts = new Map<string, number>();
    for (let made = 0; made < 8000; made += 1) {
      const shard = dueShard(random.jobId(1_763_717_415_117));
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toStrictEqual([...dueShards]);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(200);
  });
});
