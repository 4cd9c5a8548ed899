import { beforeEach, describe, expect, it } from 'vitest';
import type { HeldCalls, Lease } from '../../core/ports/held-calls.ts';
import { someTime } from '../support/jobs.ts';

const now = Math.ceil(someTime / 1000) * 1000;
const end = now + 30_000;

/** What every keeper of held calls keeps to; `makeStore` gives an empty one for each test; whoever calls this cleans up. */
export function describeHeldCalls(makeStore: () => Promise<HeldCalls> | HeldCalls): void {
  describe('held calls', () => {
    let held: HeldCalls;
    beforeEach(async () => {
      held = await makeStore();
    });
    const takeAll = (ids: readonly string[], limit: number, at = now) =>
      Promise.all(ids.map((id) => held.take(aLease(id), limit, at)));

    it('are taken up to the limit and no further', async () => {
      for (const id of ['a', 'b', 'c']) expect(await held.take(aLease(id), 3, now)).toBe('taken');
      expect(await held.take(aLease('d'), 3, now)).toBe('full');
      expect(await held.take(aLease('d'), 4, now)).toBe('taken');
    });

    it('leave a place when one is released, once', async () => {
      await takeAll(['a', 'b'], 2);
      await held.release(aLease('a'));
      await held.release(aLease('a'));
      expect(await held.take(aLease('c'), 2, now)).toBe('taken');
      expect(await held.take(aLease('d'), 2, now)).toBe('full');
    });

    it('may be released when there is nothing to release', async () => {
      await held.release(aLease('a'));
      await held.take(aLease('b'), 1, now);
      await held.release(aLease('a'));
      expect(await held.take(aLease('c'), 1, now)).toBe('full');
    });

    it('give their places back when they expire, and not before', async () => {
      await held.take(aLease('a'), 2, now);
      await held.take({ ...aLease('b'), expiresAt: end + 60_000 }, 2, now);
      expect(await held.take(aLease('c'), 2, end - 1)).toBe('full');
      const late = { ...aLease('c'), expiresAt: end + 60_000 };
      expect(await held.take(late, 2, end)).toBe('taken');
      expect(await held.take({ ...late, id: 'd' }, 2, end)).toBe('full');
    });

    it('keep those that have not expired when others have', async () => {
      await held.take(aLease('a'), 2, now);
      await held.take({ ...aLease('b'), expiresAt: end + 60_000 }, 2, now);
      await held.take({ ...aLease('c'), expiresAt: end + 60_000 }, 2, end);
      await held.release(aLease('a'));
      expect(await held.take(aLease('d'), 2, end)).toBe('full');
      await held.release(aLease('b'));
      expect(await held.take(aLease('d'), 2, end)).toBe('taken');
    });

    it('never last shorter than was said, though a fraction of a second longer', async () => {
      await held.take({ ...aLease('a'), expiresAt: end + 1 }, 1, now);
      expect(await held.take(aLease('b'), 1, end)).toBe('full');
      expect(await held.take(aLease('b'), 1, end + 1000)).toBe('taken');
    });

    it('count one that is taken again once', async () => {
      expect(await takeAll(['a', 'a', 'a'], 1)).toEqual(['taken', 'taken', 'taken']);
      expect(await takeAll(['b', 'a'], 2)).toEqual(['taken', 'taken']);
      expect(await held.take(aLease('c'), 2, now)).toBe('full');
    });

    it('last longer when they are renewed, and count once', async () => {
      await held.take(aLease('a'), 2, now);
      const longer = { ...aLease('a'), expiresAt: end + 60_000 };
      expect(await held.renew(longer)).toBe('renewed');
      expect(await held.renew(longer)).toBe('renewed');
      expect(await held.take({ ...longer, id: 'b' }, 2, end)).toBe('taken');
      expect(await held.take({ ...longer, id: 'c' }, 2, end + 59_000)).toBe('full');
    });

    it('may be renewed after they expired, unless their slot went to another', async () => {
      await takeAll(['a', 'b'], 2);
      const longer = (id: string) => ({ ...aLease(id), expiresAt: end + 60_000 });
      expect(await held.renew(longer('a'))).toBe('renewed');
      expect(await held.take(longer('c'), 2, end)).toBe('taken');
      expect(await held.renew(longer('b'))).toBe('lost');
      expect(await held.take(longer('d'), 2, end)).toBe('full');
    });

    it('are not there to be renewed before they are taken or after they are released', async () => {
      expect(await held.renew(aLease('a'))).toBe('lost');
      await takeAll(['a', 'b'], 2);
      await held.release(aLease('a'));
      expect(await held.renew(aLease('a'))).toBe('lost');
      expect(await held.renew({ ...aLease('b'), tenant: 'acm' })).toBe('lost');
      expect(await held.take(aLease('c'), 2, now)).toBe('taken');
    });

    it('of tenants are counted apart', async () => {
      await held.take(aLease('a'), 1, now);
      const foreign = { ...aLease('a'), tenant: 'acm' };
      expect(await held.take(foreign, 1, now)).toBe('taken');
      await held.release(foreign);
      expect(await held.take(aLease('b'), 1, now)).toBe('full');
    });

    it('are none where the limit is 0', async () => {
      expect(await held.take(aLease('a'), 0, now)).toBe('full');
      expect(await held.take(aLease('a'), 1, now)).toBe('taken');
      expect(await held.take(aLease('b'), 0, end + 1000)).toBe('full');
    });

    it('of many that begin at once are as many as the limit allows', async () => {
      const ids = Array.from({ length: 20 }, (_, index) => `call-${index}`);
      const outcomes = await takeAll(ids, 7);
      expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(7);
      expect(await held.take(aLease('late'), 7, now)).toBe('full');
    });

    it('that take the places of expired ones at once are not more than the limit allows', async () => {
      await takeAll(['a', 'b', 'c', 'd'], 4);
      const ids = Array.from({ length: 12 }, (_, index) => `call-${index}`);
      const later = ids.map((id) => ({ ...aLease(id), expiresAt: end + 60_000 }));
      const outcomes = await Promise.all(later.map((lease) => held.take(lease, 4, end)));
      const taken = outcomes.filter((outcome) => outcome === 'taken').length;
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThanOrEqual(4);
    });

    it('are taken again after the limit was lowered and all of them have expired', async () => {
      await takeAll(['a', 'b', 'c', 'd'], 4);
      expect(await held.take(aLease('e'), 2, now)).toBe('full');
      expect(await held.take({ ...aLease('e'), expiresAt: end + 1000 }, 2, end)).toBe('taken');
    });
  });
}

function aLease(id: string): Lease {
  return { tenant: 'acme', id, expiresAt: end };
}
