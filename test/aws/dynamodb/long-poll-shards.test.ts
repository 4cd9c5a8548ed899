import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LongPollShard, longPollShards } from '../../../aws/dynamodb/long-poll-shards.ts';

const limits = fc.record({
  tenant: fc.integer({ min: 0, max: 999 }),
  total: fc.integer({ min: 0, max: 3000 }),
});
const anyRequest = fc.record({ tenant: fc.string(), id: fc.string(), expiresAt: fc.constant(0) });

/** All shards that can count a call of these tenants, by their number. */
function allShards(tenants: readonly string[], some: { tenant: number; total: number }) {
  const ids = Array.from({ length: 400 / tenants.length }, (_, index) => `id-${index}`);
  const shards = tenants.flatMap((tenant) =>
    ids.flatMap((id) => longPollShards({ tenant, id, expiresAt: 0 }, some)),
  );
  return new Map<number, LongPollShard>(shards.map((shard) => [shard.shardIndex, shard]));
}

function sum(shards: Iterable<LongPollShard>, name: 'tenant' | 'total'): number {
  return [...shards].reduce((all, shard) => all + shard[name], 0);
}

describe('the shards of long polls', () => {
  test.each([
    { tenant: 50, total: 200 },
    { tenant: 50, total: 203 },
    { tenant: 2, total: 2 },
    { tenant: 7, total: 1000 },
    { tenant: 53, total: 120 },
  ])('divide the limits $tenant and $total without a remainder', (some) => {
    expect(sum(allShards(['acme'], some).values(), 'tenant')).toBe(some.tenant);
    const tenants = Array.from({ length: 400 }, (_, index) => `tenant-${index}`);
    expect(sum(allShards(tenants, some).values(), 'total')).toBe(some.total);
  });

  test('contain at most 40 leases each, which fit in one write unit, and at most five shards are tried', () => {
    fc.assert(
      fc.property(anyRequest, limits, (request, some) => {
        const shards = longPollShards(request, some);
        expect(shards.length).toBeLessThanOrEqual(5);
        expect(new Set(shards.map(({ shardIndex }) => shardIndex)).size).toBe(shards.length);
        for (const shard of shards) {
          expect(shard.total).toBeLessThanOrEqual(40);
          expect(Math.min(shard.total, shard.tenant)).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('are tried from a different first shard for each call, so that no shard receives all writes', () => {
    const first = Array.from(
      { length: 1000 },
      (_, id) => longPollShards({ tenant: 'a', id: `${id}`, expiresAt: 0 }, { tenant: 50, total: 200 })[0],
    );
    const counts = Object.values(Object.groupBy(first, (shard) => shard?.shardIndex ?? -1));
    expect(counts).toHaveLength(5);
    for (const calls of counts) expect(calls?.length).toBeGreaterThan(140);
  });
});
