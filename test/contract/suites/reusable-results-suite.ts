import { beforeEach, describe, expect, test } from 'vitest';
import type { ReusableResults } from '../../../core/ports/reuse/reusable-results.ts';
import { digest } from '../../../core/std/digest.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

/** The contract of every store of reusable results; `makeStore` returns an empty store for each test; the caller cleans up. */
export function describeReusableResults(makeStore: () => Promise<ReusableResults> | ReusableResults): void {
  const key = { tenant: 'acme', contentDigest: digest('content') };
  const first = { jobId: jobIdAt(someTime, 1n) };
  const second = { jobId: jobIdAt(someTime, 2n), outputsDigest: digest('outputs') };
  const expiry = Math.ceil(someTime / 1000);

  describe('a store of reusable results', () => {
    let store: ReusableResults;
    beforeEach(async () => {
      store = await makeStore();
    });

    test('finds no result that was not offered', async () => {
      expect(await store.find(key)).toBeUndefined();
    });

    test.each([first, second])('finds the offered result %j', async (result) => {
      await store.offer(key, result, expiry);
      expect(await store.find(key)).toStrictEqual(result);
    });

    test('replaces the earlier result completely', async () => {
      await store.offer(key, second, expiry + 1);
      await store.offer(key, first, expiry);
      expect(await store.find(key)).toStrictEqual(first);
    });

    test('separates tenants and contents', async () => {
      await store.offer(key, first, expiry);
      expect(await store.find({ ...key, tenant: 'acm' })).toBeUndefined();
      const other = { ...key, contentDigest: digest('other') };
      expect(await store.find(other)).toBeUndefined();
      await store.offer(other, second, expiry);
      expect(await store.find(key)).toStrictEqual(first);
    });

    test('keeps one of the results that are offered concurrently', async () => {
      const offers = Array.from({ length: 10 }, (_, index) => ({ jobId: jobIdAt(someTime, BigInt(index)) }));
      await Promise.all(offers.map((offer) => store.offer(key, offer, expiry)));
      expect(offers).toContainEqual(await store.find(key));
    });
  });
}
