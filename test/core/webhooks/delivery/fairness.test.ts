import { expect, test } from 'vitest';
import type { OutgoingMessage, WebhookMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import type { WebhookRequest } from '../../../../core/ports/webhooks/webhook-sender.ts';
import { createWebhook } from '../../../../core/webhooks/create-webhook.ts';
import { processMessages } from '../../../../core/webhooks/delivery/process-messages.ts';
import {
  maxSlowCalls,
  maxSlowCallsPerTenant,
  slotsOf,
} from '../../../../core/webhooks/delivery/slow-slots.ts';
import { deliveryIdOf } from '../../../../core/webhooks/model/delivery.ts';
import type { Webhook } from '../../../../core/webhooks/model/webhook.ts';
import { scheduler } from '../../../sim/scheduler.ts';
import { seededRandom } from '../../../sim/seeded-random.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { memoryEventLog } from '../../../support/memory/events/memory-event-log.ts';
import { received } from '../webhook-world.ts';

/** The invocations and the size of a batch in infra/events/webhook-queue.ts. */
const [invocations, batchSize] = [40, 10];
const slowMs = 14_000;
const fastTenant = 'fast';

/** A queue in the order of arrival, the invocations that process it, and receivers with a host `slow` or `fast`. */
function deliveries(seed: number) {
  const random = seededRandom(seed);
  const time = scheduler(random, someTime);
  const base = testDeps();
  const queue: { readonly message: WebhookMessage; readonly dueAt: number }[] = [];
  const webhookQueue = {
    async send(messages: readonly OutgoingMessage[]) {
      for (const { message, delaySeconds = 0 } of messages)
        queue.push({ message, dueAt: time.now() + delaySeconds * 1000 });
      return [];
    },
  };
  const slowCalls = new Map<string, number>();
  let [mostSlow, mostOfTenant, slowDelivered] = [0, 0, 0];
  const arrivals = new Map<string, number>();
  const post = async ({ url, headers, signal }: WebhookRequest) => {
    const [host = '', tenant = ''] = new URL(url).pathname.slice(1).split('/');
    if (host !== 'slow') {
      await time.sleep(20);
      arrivals.set(headers['webhook-id'] ?? '', time.now());
      return received;
    }
    await time.sleep(3000);
    if (signal?.aborted === true) return { kind: 'error', error: 'aborted' } as const;
    slowCalls.set(tenant, (slowCalls.get(tenant) ?? 0) + 1);
    mostOfTenant = Math.max(mostOfTenant, slowCalls.get(tenant) ?? 0);
    mostSlow = Math.max(
      mostSlow,
      [...slowCalls.values()].reduce((sum, count) => sum + count, 0),
    );
    await time.sleep(slowMs - 3000);
    slowCalls.set(tenant, (slowCalls.get(tenant) ?? 0) - 1);
    slowDelivered += 1;
    return received;
  };
  const read: typeof base.webhooks.get = async (key) => {
    await time.sleep(random.whole(2, 10));
    return base.webhooks.get(key);
  };
  const deps = {
    ...base,
    clock: time,
    webhooks: { ...base.webhooks, get: read },
    webhookQueue,
    sender: { post },
    eventLog: memoryEventLog(),
    bus: { publish: async () => [] },
  };
  const create = async (tenant: string, host: string): Promise<Webhook> => {
    const url = `https://receiver.example/${host}/${tenant}`;
    return (await createWebhook(deps, { tenant, description: { url } })).webhook;
  };
  let jobs = 0;
  /** Requests the delivery of the first event of a new job, and returns the ID of the event. */
  const request = async ({ tenant, id: webhookId }: Webhook): Promise<string> => {
    jobs += 1;
    const jobId = jobIdAt(someTime, BigInt(jobs));
    await deps.jobs.insert(endedJob('succeeded', { id: jobId, tenant }));
    const deliveryId = deliveryIdOf({ at: someTime, jobId, sequence: 1 });
    await webhookQueue.send([
      { message: { kind: 'attempt', tenant, webhookId, deliveryId, round: 0, number: 1 } },
    ]);
    return `${jobId}/1`;
  };
  const invoke = async (): Promise<void> => {
    for (;;) {
      const due = queue.filter(({ dueAt }) => dueAt <= time.now()).slice(0, batchSize);
      for (const one of due) queue.splice(queue.indexOf(one), 1);
      if (due.length === 0) await time.sleep(100);
      else
        await processMessages(
          deps,
          due.map(({ message }, index) => ({ id: String(index), read: () => message })),
        );
    }
  };
  return {
    time,
    create,
    request,
    start: () => {
      for (let count = 0; count < invocations; count += 1) time.spawn(invoke);
    },
    arrivals,
    outcome: () => ({ mostSlow, mostOfTenant, slowDelivered }),
  };
}

test.each([1, 2, 3])(
  'a fast receiver is served soon while many slow webhooks of other tenants have a backlog (seed %i)',
  async (seed) => {
    const world = deliveries(seed);
    const { time } = world;
    const slow: Webhook[] = [];
    for (let index = 0; index < 20; index += 1) slow.push(await world.create('crowd', 'slow'));
    for (let tenant = 0; tenant < 8; tenant += 1)
      for (let index = 0; index < 5; index += 1) slow.push(await world.create(`slow-${tenant}`, 'slow'));
    const fast = await world.create(fastTenant, 'fast');
    for (let event = 0; event < 40; event += 1) for (const webhook of slow) await world.request(webhook);

    const requestedAt = new Map<string, number>();
    let isOver = false;
    time.spawn(async () => {
      for (let event = 0; event < 60; event += 1) {
        requestedAt.set(await world.request(fast), time.now());
        await time.sleep(1000);
      }
      while (world.arrivals.size < requestedAt.size) await time.sleep(100);
      isOver = true;
    });
    world.start();
    await time.run(() => isOver);

    const latencies = [...requestedAt].map(([id, at]) => ({
      at: at - someTime,
      ms: (world.arrivals.get(id) ?? Number.POSITIVE_INFINITY) - at,
    }));
    // At first, no receiver is known to be slow, and the backlog is in front of the first events.
    expect(Math.max(...latencies.map(({ ms }) => ms))).toBeLessThan(8000);
    const later = latencies.filter(({ at }) => at > 20_000).map(({ ms }) => ms);
    expect(later.length).toBeGreaterThan(30);
    expect(later.toSorted((left, right) => left - right)[Math.floor(later.length * 0.9)]).toBeLessThan(2000);
    const { mostSlow, mostOfTenant, slowDelivered } = world.outcome();
    expect(mostSlow).toBeLessThanOrEqual(maxSlowCalls);
    expect(mostOfTenant).toBeLessThanOrEqual(maxSlowCallsPerTenant);
    // The slow ones are served too.
    expect(slowDelivered).toBeGreaterThan(20);
  },
  120_000,
);

test('the slots of a tenant are always the same, and all slots are used', () => {
  const tenants = Array.from({ length: 200 }, (_, index) => `tenant-${index}`);
  const used = new Set(tenants.flatMap(slotsOf));
  expect(used).toEqual(new Set(Array.from({ length: maxSlowCalls }, (_, slot) => slot)));
  for (const tenant of tenants) {
    expect(slotsOf(tenant)).toEqual(slotsOf(tenant));
    expect(new Set(slotsOf(tenant)).size).toBe(maxSlowCallsPerTenant);
  }
});
