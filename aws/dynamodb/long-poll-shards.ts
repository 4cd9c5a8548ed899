import { createHash } from 'node:crypto';
import type { LeaseRequest, LongPollLimits } from '../../core/ports/long-polls.ts';

/** One item of leases, with its share of the limits. */
export interface LongPollShard extends LongPollLimits {
  readonly shardIndex: number;
}

/** An item with this many leases is smaller than 1 KB, so that each write costs one write unit. */
const leasesOfShard = 40;
/** With fewer per shard, a tenant's call would often be rejected in one shard while another has capacity. */
const tenantLeasesOfShard = 10;
const maxTried = 5;

/**
 * Returns the shards in which a call may be counted, in the order in which to try them. The limits are
 * divided among the shards without a remainder, so their sum is never exceeded, and no single item takes all
 * writes. A tenant can still reach its full limit, for example 50.
 */
export function longPollShards(
  { tenant, id }: LeaseRequest,
  limits: LongPollLimits,
): readonly LongPollShard[] {
  const count = Math.ceil(limits.total / leasesOfShard);
  const usedShards = Math.min(count, Math.ceil(limits.tenant / tenantLeasesOfShard));
  if (usedShards < 1) return [];
  const firstShard = hash(tenant) % count;
  const firstOffset = hash(id) % usedShards;
  return Array.from({ length: Math.min(usedShards, maxTried) }, (_, index): LongPollShard => {
    const offset = (firstOffset + index) % usedShards;
    const shardIndex = (firstShard + offset) % count;
    return {
      shardIndex,
      tenant: share(limits.tenant, offset, usedShards),
      total: share(limits.total, shardIndex, count),
    };
  });
}

/**
 * Returns the share with an index from 0 to `count - 1`: all shares add up to the total and differ by at most
 * 1.
 */
function share(total: number, index: number, count: number): number {
  return Math.floor((total + index) / count);
}

function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
