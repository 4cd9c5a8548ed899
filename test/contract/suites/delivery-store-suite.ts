import { beforeAll, expect, test } from 'vitest';
import type { DeliveryQuery, DeliveryStore } from '../../../core/ports/webhooks/delivery-store.ts';
import { type Delivery, deliveryIdOf } from '../../../core/webhooks/model/delivery.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

function aDelivery(at: number, given: Partial<Delivery> = {}): Delivery {
  const jobId = jobIdAt(at);
  return {
    tenant: 'local',
    webhookId: jobIdAt(1),
    id: deliveryIdOf({ at, jobId, sequence: 1 }),
    eventId: `${jobId}/1`,
    type: 'errand.job.pending',
    status: 'delivered',
    attempts: [{ at, durationMs: 5, status: 200, answer: 'an änswer' }],
    round: 0,
    tries: 1,
    updatedAt: at,
    version: 1,
    ...given,
  };
}

const keyOf = ({ tenant, webhookId, id: deliveryId }: Delivery) => ({ tenant, webhookId, deliveryId });

/** The contract of every store of deliveries. `makeStore` returns an empty store; the caller cleans up. */
export function describeDeliveryStore(makeStore: () => Promise<DeliveryStore>): void {
  let store: DeliveryStore;
  beforeAll(async () => {
    store = await makeStore();
  });

  test('a delivery is returned as it was written', async () => {
    const pending = {
      status: 'pending',
      nextAttemptAt: 7,
      nextCheckAt: 9,
      round: 2,
      requestId: 'r',
    } as const;
    const failed = { attempts: [{ at: 1, durationMs: 0, error: 'ECONNREFUSED' }], tries: 0 };
    for (const [index, given] of [{}, pending, failed].entries()) {
      const delivery = aDelivery(someTime + index, { tenant: 'written', ...given });
      expect(await store.put(delivery, undefined)).toBe('written');
      expect(await store.get(keyOf(delivery))).toStrictEqual(delivery);
    }
  });

  test('exactly one of several writes of a version is accepted', async () => {
    const delivery = aDelivery(someTime, { tenant: 'contended' });
    const firsts = await Promise.all([0, 1, 2].map((tries) => store.put({ ...delivery, tries }, undefined)));
    expect(firsts.toSorted()).toEqual(['conflict', 'conflict', 'written']);
    const next = { ...delivery, version: 2 };
    const seconds = await Promise.all([0, 1, 2].map((tries) => store.put({ ...next, tries }, 1)));
    expect(seconds.toSorted()).toEqual(['conflict', 'conflict', 'written']);
    expect(await store.get(keyOf(delivery))).toMatchObject({ tries: seconds.indexOf('written'), version: 2 });
    expect(await store.put(aDelivery(5, { tenant: 'contended' }), 1)).toBe('conflict');
  });

  test('a list is in the order of the events, by status, since a time, and page by page', async () => {
    const mine = { tenant: 'listing', webhookId: jobIdAt(2) };
    const deliveries = Array.from({ length: 25 }, (_, index) =>
      aDelivery(someTime + index, { ...mine, status: index % 5 === 0 ? 'failed' : 'delivered' }),
    );
    for (const delivery of deliveries.toReversed()) await store.put(delivery, undefined);
    await store.put(aDelivery(someTime, { ...mine, webhookId: jobIdAt(3) }), undefined);
    await store.put(aDelivery(someTime, { ...mine, tenant: 'listing-2' }), undefined);
    const all = async (query: Partial<DeliveryQuery>) => {
      const found: number[] = [];
      let after: string | undefined;
      do {
        const page = await store.list({
          ...mine,
          order: 'asc',
          limit: 4,
          ...query,
          ...(after === undefined ? {} : { after }),
        });
        expect(page.deliveries.length).toBeLessThanOrEqual(query.limit ?? 4);
        found.push(...page.deliveries.map(({ id }) => deliveries.findIndex((each) => each.id === id)));
        after = page.next;
      } while (after !== undefined);
      return found;
    };
    const ascending = deliveries.map((_, index) => index);
    expect(await all({})).toEqual(ascending);
    expect(await all({ order: 'desc' })).toEqual(ascending.toReversed());
    expect(await all({ status: 'failed' })).toEqual([0, 5, 10, 15, 20]);
    expect(await all({ status: 'failed', order: 'desc', limit: 1 })).toEqual([20, 15, 10, 5, 0]);
    expect(await all({ since: someTime + 18 })).toEqual([18, 19, 20, 21, 22, 23, 24]);
    expect(await all({ since: someTime + 18, status: 'failed' })).toEqual([20]);
    expect(await all({ status: 'pending' })).toEqual([]);
  });

  test('pending deliveries are due from their next check on, the earliest first', async () => {
    const due = (index: number, nextCheckAt: number): Delivery =>
      aDelivery(index, { tenant: 'due', status: 'pending', nextAttemptAt: nextCheckAt, nextCheckAt });
    const deliveries = [due(30, 3000), due(10, 1000), due(20, 2000)];
    for (const delivery of deliveries) await store.put(delivery, undefined);
    const found = async (now: number, limit = 10) =>
      (await store.listDue(now, limit)).filter(({ tenant }) => tenant === 'due').map((key) => key.deliveryId);
    const [third, first, second] = deliveries.map(({ id }) => id);
    await expect.poll(() => found(3000)).toEqual([first, second, third]);
    expect(await found(2999)).toEqual([first, second]);
    const [latest] = deliveries;
    if (latest === undefined) throw new Error('there is no delivery');
    const { nextAttemptAt: _a, nextCheckAt: _c, ...ended } = latest;
    await store.put({ ...ended, status: 'failed', version: 2 }, 1);
    await expect.poll(() => found(3000)).toEqual([first, second]);
  });
}
