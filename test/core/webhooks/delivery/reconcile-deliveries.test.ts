import { describe, expect, test } from 'vitest';
import type { OutgoingMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import { reconcileDeliveries } from '../../../../core/webhooks/delivery/reconcile-deliveries.ts';
import { type Delivery, deliveryIdOf } from '../../../../core/webhooks/model/delivery.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { someTime } from '../../../support/jobs/jobs.ts';
import { webhookWorld } from '../webhook-world.ts';

const unlimited = { budgetEndsAt: Number.POSITIVE_INFINITY };

/** A world with deliveries that are due, and the calls to its queue. */
async function worldWithDue(count: number) {
  const { deps, time } = webhookWorld();
  const webhookId = jobIdAt(someTime);
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const jobId = jobIdAt(someTime + index);
    const id = deliveryIdOf({ at: someTime + index, jobId, sequence: 1 });
    ids.push(id);
    const delivery: Delivery = {
      tenant: 'local',
      webhookId,
      id,
      eventId: `${jobId}/1`,
      type: 'errand.job.pending',
      status: 'pending',
      attempts: [],
      round: 0,
      tries: 1,
      nextAttemptAt: index,
      nextCheckAt: index,
      updatedAt: 0,
      version: 1,
    };
    await deps.deliveries.put(delivery, undefined);
  }
  const calls: number[] = [];
  const send = async (messages: readonly OutgoingMessage[]) => {
    calls.push(messages.length);
    return deps.webhookQueue.send(messages);
  };
  const requested = () =>
    deps.webhookQueue.take().map((message) => (message.kind === 'attempt' ? message.deliveryId : ''));
  return { deps: { ...deps, webhookQueue: { ...deps.webhookQueue, send } }, time, ids, calls, requested };
}

describe('reconcileDeliveries', () => {
  test('requests all that are due, more than one list contains, ten in a call', async () => {
    const { deps, ids, calls, requested } = await worldWithDue(2005);
    expect(await reconcileDeliveries(deps, unlimited)).toBe(2005);
    expect(requested().toSorted()).toEqual(ids);
    expect(calls).toHaveLength(201);
    expect(await reconcileDeliveries(deps, unlimited)).toBe(0);
  });

  test('stops at the end of its time', async () => {
    const { deps, time, calls, requested } = await worldWithDue(100);
    const send = (messages: readonly OutgoingMessage[]) => {
      time.now += 1000;
      return deps.webhookQueue.send(messages);
    };
    const slow = { ...deps, webhookQueue: { send } };
    await reconcileDeliveries(slow, { budgetEndsAt: time.now + 2500 });
    // Calls in progress still end.
    expect(calls.length).toBeLessThan(10);
    expect(requested().length).toBe(calls.length * 10);
  });

  test('ends although a full list cannot be requested', async () => {
    const { deps } = await worldWithDue(2000);
    deps.webhookQueue.refuse(true);
    expect(await reconcileDeliveries(deps, unlimited)).toBe(0);
    deps.webhookQueue.refuse(false);
    expect(await reconcileDeliveries(deps, unlimited)).toBe(2000);
  });

  test('requests the others when one cannot be read, and again those that could not be sent', async () => {
    const { deps, ids, requested } = await worldWithDue(12);
    const [unreadable, unsendable] = ids;
    const faulty = {
      ...deps,
      deliveries: {
        ...deps.deliveries,
        get: (key: Parameters<typeof deps.deliveries.get>[0]) =>
          key.deliveryId === unreadable ? Promise.reject(new Error('unreadable')) : deps.deliveries.get(key),
      },
      webhookQueue: {
        async send(messages: readonly OutgoingMessage[]) {
          const refused = messages.filter(({ message }) =>
            JSON.stringify(message).includes(unsendable ?? '-'),
          );
          await deps.webhookQueue.send(messages.filter((each) => !refused.includes(each)));
          return refused;
        },
      },
    };
    expect(await reconcileDeliveries(faulty, unlimited)).toBe(10);
    expect(requested().toSorted()).toEqual(ids.slice(2));
    expect(await reconcileDeliveries(deps, unlimited)).toBe(2);
    expect(requested().toSorted()).toEqual(ids.slice(0, 2));
  });
});
