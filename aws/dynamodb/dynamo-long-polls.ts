import { fitsFairShare } from '../../core/jobs/waiting/fair-share.ts';
import type { Lease, LeaseRequest, LongPolls } from '../../core/ports/long-polls.ts';
import {
  addLease,
  countsOf,
  extendLease,
  leaseName,
  putFirstLease,
  readLeases,
  removeLease,
  replaceLeases,
  withLease,
} from './long-poll-shard-item.ts';
import { type LongPollShard, longPollShards } from './long-poll-shards.ts';
import type { Table } from './table/table.ts';

const maxTries = 5;

/**
 * Stores leases in DynamoDB, those of all tenants in a few items (long-poll-shards.ts). Taking, renewing and
 * releasing a lease are one write each without a read. DynamoDB itself counts the entries of the map, so
 * concurrent calls do not conflict. When a shard is full, the other shards are read before they are tried.
 */
export function dynamoLongPolls(table: Table): LongPolls {
  return {
    async take(request, limits, now) {
      const [first, ...others] = longPollShards(request, limits);
      if (first === undefined) return 'full';
      const lease = await takeInShard(table, request, { shard: first, now });
      if (lease !== undefined) return lease;
      for (const shard of await shardsWithRoom(table, request, { shards: others, now })) {
        const lease = await takeInShard(table, request, { shard, now });
        if (lease !== undefined) return lease;
      }
      return 'full';
    },
    renew: async (lease, now) => ((await extendLease(table, lease, now)) ? 'renewed' : 'lost'),
    release: (lease) => removeLease(table, lease),
  };
}

interface ShardTry {
  readonly shard: LongPollShard;
  readonly now: number;
}

async function takeInShard(
  table: Table,
  request: LeaseRequest,
  shardTry: ShardTry,
): Promise<Lease | undefined> {
  const lease = { ...request, shard: shardTry.shard.shardIndex };
  for (let tries = 0; tries < maxTries; tries += 1) {
    const outcome = await tryToTake(table, lease, shardTry);
    if (outcome !== 'conflict') return outcome === 'taken' ? lease : undefined;
  }
  return undefined;
}

/** `conflict`: another process has changed the item since it was read. */
async function tryToTake(
  table: Table,
  lease: Lease,
  { shard, now }: ShardTry,
): Promise<'taken' | 'full' | 'conflict'> {
  const addition = await addLease(table, lease, shard.total);
  if ('added' in addition) {
    if (fitsFairShare(countsOf(withLease(addition.added, lease, now), lease.tenant), shard)) return 'taken';
    await removeLease(table, lease);
    return 'full';
  }
  const { full: current } = addition;
  if (current === undefined) return (await putFirstLease(table, lease)) ? 'taken' : 'conflict';
  // An earlier try of the SDK, whose response was lost, may have taken the last slot.
  if (leaseName(lease) in current) return 'taken';
  const next = withLease(current, lease, now);
  if (!fitsFairShare(countsOf(next, lease.tenant), shard)) return 'full';
  return (await replaceLeases(table, lease.shard, { expected: current, next })) ? 'taken' : 'conflict';
}

async function shardsWithRoom(
  table: Table,
  request: LeaseRequest,
  { shards, now }: { readonly shards: readonly LongPollShard[]; readonly now: number },
): Promise<readonly LongPollShard[]> {
  const found = await Promise.all(
    shards.map(async (shard) => {
      const leases = withLease(await readLeases(table, shard.shardIndex), request, now);
      return fitsFairShare(countsOf(leases, request.tenant), shard) ? [shard] : [];
    }),
  );
  return found.flat();
}
