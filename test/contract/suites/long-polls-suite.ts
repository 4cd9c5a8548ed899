import { beforeEach, describe, expect, test } from 'vitest';
import type { Lease, LeaseRequest, LongPolls } from '../../../core/ports/long-polls.ts';
import { someTime } from '../../support/jobs/jobs.ts';

const now = Math.ceil(someTime / 1000) * 1000;
const end = now + 30_000;

/** The contract of every store of long polls; `makeStore` returns an empty one for each test; the caller cleans up. */
export function describeLongPolls(makeStore: () => Promise<LongPolls> | LongPolls): void {
  describe('long polls', () => {
    let longPolls: LongPolls;
    const leases = new Map<string, Lease>();
    beforeEach(async () => {
      longPolls = await makeStore();
      leases.clear();
    });
    const nameOf = ({ tenant, id }: LeaseRequest) => `${tenant}/${id}`;
    /** The lease as it was acquired; a lease that was never acquired has no shard. */
    const known = (request: LeaseRequest): Lease => ({
      shard: 0,
      ...leases.get(nameOf(request)),
      ...request,
    });
    const take = async (request: LeaseRequest, limit: number, at: number, whole = 1000) => {
      const outcome = await longPolls.take(request, { tenant: limit, total: whole }, at);
      if (outcome === 'full') return 'full';
      leases.set(nameOf(request), outcome);
      return 'taken';
    };
    const renew = (request: LeaseRequest, at: number) => longPolls.renew(known(request), at);
    const release = (request: LeaseRequest) => longPolls.release(known(request));
    const takeAll = (ids: readonly string[], limit: number, at = now) =>
      Promise.all(ids.map((id) => take(aLease(id), limit, at)));

    test('are granted up to the limit and no further', async () => {
      for (const id of ['a', 'b', 'c']) expect(await take(aLease(id), 3, now)).toBe('taken');
      expect(await take(aLease('d'), 3, now)).toBe('full');
      expect(await take(aLease('d'), 4, now)).toBe('taken');
    });

    test('free one slot when one is released, even when it is released twice', async () => {
      await takeAll(['a', 'b'], 2);
      await release(aLease('a'));
      await release(aLease('a'));
      expect(await take(aLease('c'), 2, now)).toBe('taken');
      expect(await take(aLease('d'), 2, now)).toBe('full');
    });

    test('can be released when none is stored', async () => {
      await release(aLease('a'));
      await take(aLease('b'), 1, now);
      await release(aLease('a'));
      expect(await take(aLease('c'), 1, now)).toBe('full');
    });

    test('free their slots when they expire, and not before', async () => {
      await take(aLease('a'), 2, now);
      await take({ ...aLease('b'), expiresAt: end + 60_000 }, 2, now);
      expect(await take(aLease('c'), 2, end - 1)).toBe('full');
      const late = { ...aLease('c'), expiresAt: end + 60_000 };
      expect(await take(late, 2, end)).toBe('taken');
      expect(await take({ ...late, id: 'd' }, 2, end)).toBe('full');
    });

    test('stay when others have expired', async () => {
      await take(aLease('a'), 2, now);
      await take({ ...aLease('b'), expiresAt: end + 60_000 }, 2, now);
      await take({ ...aLease('c'), expiresAt: end + 60_000 }, 2, end);
      await release(aLease('a'));
      expect(await take(aLease('d'), 2, end)).toBe('full');
      await release(aLease('b'));
      expect(await take(aLease('d'), 2, end)).toBe('taken');
    });

    test('never expire early, and expire at most a second late', async () => {
      await take({ ...aLease('a'), expiresAt: end + 1 }, 1, now);
      expect(await take(aLease('b'), 1, end)).toBe('full');
      expect(await take(aLease('b'), 1, end + 1000)).toBe('taken');
    });

    test('are counted once when they are acquired again', async () => {
      expect(await takeAll(['a', 'a', 'a'], 1)).toEqual(['taken', 'taken', 'taken']);
      expect(await takeAll(['b', 'a'], 2)).toEqual(['taken', 'taken']);
      expect(await take(aLease('c'), 2, now)).toBe('full');
    });

    test('last longer after a renewal, and are counted once', async () => {
      await take(aLease('a'), 2, now);
      const longer = { ...aLease('a'), expiresAt: end + 60_000 };
      expect(await renew(longer, now)).toBe('renewed');
      expect(await renew(longer, now)).toBe('renewed');
      expect(await take({ ...longer, id: 'b' }, 2, end)).toBe('taken');
      expect(await take({ ...longer, id: 'c' }, 2, end + 59_000)).toBe('full');
    });

    test('cannot be renewed after they expired, because their slots may be taken', async () => {
      await takeAll(['a', 'b'], 2);
      const longer = (id: string) => ({ ...aLease(id), expiresAt: end + 60_000 });
      expect(await renew(longer('a'), end - 1)).toBe('renewed');
      expect(await renew(longer('b'), end)).toBe('lost');
      expect(await take(longer('c'), 2, end)).toBe('taken');
      expect(await renew(longer('b'), end)).toBe('lost');
      expect(await take(longer('d'), 2, end)).toBe('full');
    });

    test('cannot be renewed before they are acquired or after they are released', async () => {
      expect(await renew(aLease('a'), now)).toBe('lost');
      await takeAll(['a', 'b'], 2);
      await release(aLease('a'));
      expect(await renew(aLease('a'), now)).toBe('lost');
      expect(await renew({ ...aLease('b'), tenant: 'acm' }, now)).toBe('lost');
      expect(await take(aLease('c'), 2, now)).toBe('taken');
    });

    test('are counted per tenant', async () => {
      await take(aLease('a'), 1, now);
      const foreign = { ...aLease('a'), tenant: 'acm' };
      expect(await take(foreign, 1, now)).toBe('taken');
      await release(foreign);
      expect(await take(aLease('b'), 1, now)).toBe('full');
    });

    test('of all tenants together stay within the total, whatever the limit of each tenant is', async () => {
      for (const tenant of ['first', 'second', 'third', 'fourth'])
        expect(await take({ ...aLease('a'), tenant }, 50, now, 4)).toBe('taken');
      for (const tenant of ['first', 'fifth'])
        expect(await take({ ...aLease('b'), tenant }, 50, now, 4)).toBe('full');
    });

    test('of many tenants that start concurrently stay within the total', async () => {
      const requests = Array.from({ length: 30 }, (_, index) => ({ ...aLease('a'), tenant: `t${index}` }));
      const outcomes = await Promise.all(requests.map((request) => take(request, 50, now, 7)));
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(7);
      await release(requests[outcomes.indexOf('taken')] ?? aLease('a'));
      expect(await take({ ...aLease('late'), tenant: 'late' }, 50, now, 7)).toBe('taken');
    });

    test('of one tenant are at most half of the total, and the rest is left for the next tenant', async () => {
      const takeMany = async (tenant: string) => {
        const ids = Array.from({ length: 12 }, (_, index) => `call-${index}`);
        const outcomes: string[] = [];
        for (const id of ids) outcomes.push(await take({ ...aLease(id), tenant }, 50, now, 12));
        return outcomes.filter((outcome) => outcome === 'taken').length;
      };
      expect([await takeMany('first'), await takeMany('second'), await takeMany('third')]).toEqual([6, 3, 2]);
    });

    test('of the tenant with the most are replaced by those of a tenant without any when they end', async () => {
      for (const id of ['a', 'b', 'c']) await take(aLease(id), 50, now, 6);
      for (const tenant of ['second', 'third', 'fourth'])
        expect(await take({ ...aLease('a'), tenant }, 50, now, 6)).toBe('taken');
      expect(await take({ ...aLease('a'), tenant: 'fifth' }, 50, now, 6)).toBe('full');
      await release(aLease('a'));
      expect(await take(aLease('d'), 50, now, 6)).toBe('full');
      expect(await take({ ...aLease('a'), tenant: 'fifth' }, 50, now, 6)).toBe('taken');
    });

    test('are refused where the total is 0', async () => {
      expect(await take(aLease('a'), 50, now, 0)).toBe('full');
    });

    test('are refused where the limit is 0', async () => {
      expect(await take(aLease('a'), 0, now)).toBe('full');
      expect(await take(aLease('a'), 1, now)).toBe('taken');
      expect(await take(aLease('b'), 0, end + 1000)).toBe('full');
    });

    test('that start concurrently are as many as the limit allows', async () => {
      const ids = Array.from({ length: 20 }, (_, index) => `call-${index}`);
      const outcomes = await takeAll(ids, 7);
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(7);
      expect(await take(aLease('late'), 7, now)).toBe('full');
    });

    test('that reuse expired slots concurrently do not exceed the limit', async () => {
      await takeAll(['a', 'b', 'c', 'd'], 4);
      const ids = Array.from({ length: 12 }, (_, index) => `call-${index}`);
      const later = ids.map((id) => ({ ...aLease(id), expiresAt: end + 60_000 }));
      const outcomes = await Promise.all(later.map((lease) => take(lease, 4, end)));
      const taken = outcomes.filter((outcome) => outcome === 'taken').length;
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThanOrEqual(4);
    });

    test('are granted again after the limit was lowered and all of them have expired', async () => {
      await takeAll(['a', 'b', 'c', 'd'], 4);
      expect(await take(aLease('e'), 2, now)).toBe('full');
      expect(await take({ ...aLease('e'), expiresAt: end + 1000 }, 2, end)).toBe('taken');
    });
  });
}

function aLease(id: string): LeaseRequest {
  return { tenant: 'acme', id, expiresAt: end };
}
