import { createHash } from 'node:crypto';
import type { LeaseRequest, LongPollLimits } from '../../core/ports/long-polls.ts';

/** One item of leases, and how much of the limits is counted there. */
export interface LongPollShard extends LongPollLimits {
  readonly shard: number;
}

/** An item of that many leases is smaller than 1 KB, and so takes one write unit each time it is written. */
const leasesOfShard = 40;
/** Fewer of one tenant in more shards would often be refused in one while there is room in another. */
const tenantLeasesOfShard = 10;
const maxTried = 5;

/**
 * The shards in which a call may be counted, in the order in which to try them. Limits are divided among shards without a rest, so
 * no more are held than they say, and no item takes all writes; a tenant that may have 50 held can have them all.
 */
export function longPollShards(
  { tenant, id }: LeaseRequest,
  limits: LongPollLimits,
): readonly LongPollShard[] {
  const count = Math.ceil(limits.total / leasesOfShard);
  const used = Math.min(count, Math.ceil(limits.tenant / tenantLeasesOfShard));
  if (used < 1) return [];
  const [first, start] = [hash(tenant) % count, hash(id) % used];
  return Array.from({ length: Math.min(used, maxTried) }, (_, tried): LongPollShard => {
    const place = (start + tried) % used;
    const shard = (first + place) % count;
    return { shard, tenant: part(limits.tenant, place, used), total: part(limits.total, shard, count) };
  });
}

/** The parts 0 to `count - 1` of a total add up to it and differ by one at most. */
function part(total: number, index: number, count: number): number {
  return Math.floor((total + index) / count);
}

function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
