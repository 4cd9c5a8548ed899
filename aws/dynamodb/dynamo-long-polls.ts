import { mayWait } from '../../core/jobs/waiting/fair-share.ts';
import type { Lease, LeaseRequest, LongPolls } from '../../core/ports/long-polls.ts';
import {
  addLease,
  countsOf,
  leaseName,
  moveEnd,
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
 * Leases in DynamoDB, those of all tenants in a few items (held-shards.ts). Taking, renewing and releasing are one write each and
 * read nothing, and since DynamoDB counts the map itself, calls that begin at once do not get in each other's way. Where a
 * shard is full, the others are read before they are tried.
 */
export function dynamoLongPolls(table: Table): LongPolls {
  return {
    async take(request, limits, now) {
      const [first, ...others] = longPollShards(request, limits);
      if (first === undefined) return 'full';
      const taken = await takeIn(table, request, { shard: first, now });
      if (taken !== undefined) return taken;
      for (const shard of await withRoom(table, request, { shards: others, now })) {
        const lease = await takeIn(table, request, { shard, now });
        if (lease !== undefined) return lease;
      }
      return 'full';
    },
    renew: async (lease, now) => ((await moveEnd(table, lease, now)) ? 'renewed' : 'lost'),
    release: (lease) => removeLease(table, lease),
  };
}

interface Try {
  readonly shard: LongPollShard;
  readonly now: number;
}

async function takeIn(table: Table, request: LeaseRequest, one: Try): Promise<Lease | undefined> {
  const lease = { ...request, shard: one.shard.shard };
  for (let tried = 0; tried < maxTries; tried += 1) {
    const outcome = await tryToTake(table, lease, one);
    if (outcome !== 'lost') return outcome === 'taken' ? lease : undefined;
  }
  return undefined;
}

/** `lost`: somebody else changed the item in between. */
async function tryToTake(
  table: Table,
  lease: Lease,
  { shard, now }: Try,
): Promise<'taken' | 'full' | 'lost'> {
  const addition = await addLease(table, lease, shard.total);
  if ('added' in addition) {
    if (mayWait(countsOf(withLease(addition.added, lease, now), lease.tenant), shard)) return 'taken';
    await removeLease(table, lease);
    return 'full';
  }
  const { full: seen } = addition;
  if (seen === undefined) return (await putFirstLease(table, lease)) ? 'taken' : 'lost';
  // An earlier try of the SDK may have taken the last place, with its answer lost.
  if (leaseName(lease) in seen) return 'taken';
  const next = withLease(seen, lease, now);
  if (!mayWait(countsOf(next, lease.tenant), shard)) return 'full';
  return (await replaceLeases(table, lease.shard, { seen, next })) ? 'taken' : 'lost';
}

async function withRoom(
  table: Table,
  request: LeaseRequest,
  { shards, now }: { readonly shards: readonly LongPollShard[]; readonly now: number },
): Promise<readonly LongPollShard[]> {
  const found = await Promise.all(
    shards.map(async (shard) => {
      const leases = withLease(await readLeases(table, shard.shard), request, now);
      return mayWait(countsOf(leases, request.tenant), shard) ? [shard] : [];
    }),
  );
  return found.flat();
}
