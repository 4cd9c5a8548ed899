import { beforeEach, describe, expect, test } from 'vitest';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import type { IdempotencyStore, RememberedRequest } from '../../../core/ports/idempotency-store.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

/** The contract of every idempotency store; `makeStore` returns an empty store for each test; the caller cleans up. */
export function describeIdempotencyStore(
  makeStore: () => Promise<IdempotencyStore> | IdempotencyStore,
): void {
  const key = { tenant: 'acme', key: 'order 17' };
  const first = aRequest(1n);
  const other = aRequest(2n);
  const expiry = first.expiresAtEpochSeconds * 1000;

  describe('an idempotency store', () => {
    let store: IdempotencyStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    test('finds no request that was not stored', async () => {
      expect(await store.find(key, someTime)).toBeUndefined();
    });

    test('returns the stored request', async () => {
      expect(await store.remember(key, first, someTime)).toStrictEqual(first);
      expect(await store.find(key, someTime)).toStrictEqual(first);
    });

    test('keeps the first request of a key and returns it for the next one', async () => {
      await store.remember(key, first, someTime);
      expect(await store.remember(key, other, someTime)).toStrictEqual(first);
      expect(await store.find(key, someTime)).toStrictEqual(first);
    });

    test('keeps a request until its last millisecond, and no longer', async () => {
      await store.remember(key, first, someTime);
      expect(await store.find(key, expiry - 1)).toStrictEqual(first);
      expect(await store.remember(key, other, expiry - 1)).toStrictEqual(first);
      expect(await store.find(key, expiry)).toBeUndefined();
    });

    test('allows another request to use an expired key', async () => {
      await store.remember(key, first, someTime);
      const late = { ...other, expiresAtEpochSeconds: other.expiresAtEpochSeconds + 60 };
      expect(await store.remember(key, late, expiry)).toStrictEqual(late);
      expect(await store.find(key, expiry)).toStrictEqual(late);
      expect(await store.remember(key, first, expiry)).toStrictEqual(late);
    });

    test('separates the keys of tenants', async () => {
      await store.remember(key, first, someTime);
      const foreign = { ...key, tenant: 'acm' };
      expect(await store.find(foreign, someTime)).toBeUndefined();
      expect(await store.remember(foreign, other, someTime)).toStrictEqual(other);
      expect(await store.find(key, someTime)).toStrictEqual(first);
    });

    test('accepts any text as a key, and distinguishes any two texts', async () => {
      const texts = ['order 17 ', 'ORDER 17', 'order 17\n0', 'order#17', '"order 17"', 'x'.repeat(255)];
      texts.push('x'.repeat(254), ' ', '\u0000', 'é', 'e\u0301', '🙂', '🙂'.repeat(255), '#', 'order\n17\n0');
      for (const [index, text] of texts.entries()) {
        const request = aRequest(BigInt(index));
        expect(await store.remember({ ...key, key: text }, request, someTime)).toStrictEqual(request);
      }
      for (const [index, text] of texts.entries())
        expect(await store.find({ ...key, key: text }, someTime)).toStrictEqual(aRequest(BigInt(index)));
    });

    test('returns the same request to all of many concurrent requests', async () => {
      const requests = Array.from({ length: 20 }, (_, index) => aRequest(BigInt(index)));
      const stored = await Promise.all(requests.map((request) => store.remember(key, request, someTime)));
      const kept = await store.find(key, someTime);
      expect(requests).toContainEqual(kept);
      expect(stored).toStrictEqual(requests.map(() => kept));
    });

    test('gives an expired key to exactly one of many requests', async () => {
      await store.remember(key, first, someTime);
      const requests = Array.from({ length: 10 }, (_, index) => ({
        ...aRequest(BigInt(10 + index)),
        expiresAtEpochSeconds: first.expiresAtEpochSeconds + 60,
      }));
      const stored = await Promise.all(requests.map((request) => store.remember(key, request, expiry)));
      expect(new Set(stored.map(({ jobId }) => jobId)).size).toBe(1);
      expect(stored[0]).not.toStrictEqual(first);
    });
  });
}

function aRequest(salt: bigint): RememberedRequest {
  return {
    jobId: jobIdAt(someTime, salt),
    fingerprint: requestFingerprint('submitJob', { salt: String(salt) }),
    expiresAtEpochSeconds: Math.ceil(someTime / 1000) + 3600,
  };
}
