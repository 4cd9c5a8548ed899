import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttemptMessage, WebhookMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import { sendToWebhooks } from '../../../../core/webhooks/delivery/send-to-webhooks.ts';
import { attemptDelaysMs } from '../../../../core/webhooks/model/retry-schedule.ts';
import { seededRandom } from '../../../sim/seeded-random.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { dyingProcess } from '../../../support/memory/dying-process.ts';
import { eventIds, received, responded, webhookWorld } from '../webhook-world.ts';

const ports = ['jobs', 'webhooks', 'webhookSecrets', 'deliveries', 'webhookQueue', 'sender'] as const;
const minuteMs = 60_000;
/** Longer than all attempts of a delivery, and the recovery of a message for each. */
const maxSteps = 8000;

interface Queued {
  readonly message: WebhookMessage;
  readonly visibleAt: number;
}

/** Delivers the events of some jobs while processes die at random calls, until nothing is left to do. */
async function runSeed(seed: number) {
  const { fraction: random } = seededRandom(seed);
  const world = webhookWorld();
  const { deps, time, advance, reconcile, requests, receiver } = world;
  receiver.respond = () => (random() < 0.4 ? responded(503) : received);
  const accepted: string[] = [];
  const post: typeof deps.sender.post = async (request) => {
    const response = await deps.sender.post(request);
    if (response === received) accepted.push(`${request.url} ${request.headers['webhook-id']}`);
    return response;
  };
  const mortal = () => {
    const atCall = random() < 0.35 ? 1 + Math.floor(random() * 9) : Number.POSITIVE_INFINITY;
    return dyingProcess({ ...deps, sender: { post } }, ports, { atCall, effect: random() < 0.5 }).deps;
  };
  const urls = ['https://one.example/', 'https://two.example/'];
  const webhooks = [];
  for (const url of urls) webhooks.push(await world.create({ url }));
  const jobs = Array.from({ length: 3 }, (_, index) =>
    endedJob('succeeded', { id: jobIdAt(someTime + index) }),
  );
  for (const job of jobs) await deps.jobs.insert(job);
  let unpublished: readonly string[] = jobs.map(({ id }) => id);
  const queue: Queued[] = [];
  let steps = 0;
  for (; steps < maxSteps; steps += 1) {
    // The stream delivers the records again until they are acknowledged.
    const changes = jobs.filter(({ id }) => unpublished.includes(id));
    const pending = changes.map((after) => ({ position: after.id, after }));
    if (pending.length > 0) unpublished = await sendToWebhooks(mortal(), pending).catch(() => unpublished);
    await reconcile();
    for (const { message, delaySeconds = 0 } of deps.webhookQueue.sent)
      queue.push({ message, visibleAt: time.now + delaySeconds * 1000 });
    deps.webhookQueue.take();
    for (const each of queue.filter(({ visibleAt }) => visibleAt <= time.now)) {
      const failed = await world.process([each.message], mortal());
      // A message that was not processed is received again, and some are received twice.
      if (failed.length === 0 && random() < 0.9) queue.splice(queue.indexOf(each), 1);
    }
    const listed = (await Promise.all(webhooks.map(({ id }) => world.listed(id)))).flat();
    const isOver = queue.length === 0 && deps.webhookQueue.sent.length === 0 && unpublished.length === 0;
    if (isOver && listed.every(({ status }) => status !== 'pending')) break;
    advance(queue.some(({ visibleAt }) => visibleAt > time.now) ? 5000 : minuteMs);
  }
  const expected = urls.flatMap((url) =>
    jobs.flatMap(({ id }) => [1, 2].map((number) => `${url} ${id}/${number}`)),
  );
  return { steps, accepted, expected, requests, webhooks, world };
}

test('each event reaches each webhook at least once, or its delivery has failed ten times, whichever call crashes', async () => {
  const property = fc.asyncProperty(fc.integer({ min: 0, max: 1_000_000 }), async (seed) => {
    const { steps, accepted, expected, requests, webhooks, world } = await runSeed(seed);
    expect(steps).toBeLessThan(maxSteps);
    const deliveries = (await Promise.all(webhooks.map(({ id }) => world.listed(id)))).flat();
    expect(deliveries).toHaveLength(expected.length);
    for (const { status, tries, webhookId, eventId } of deliveries) {
      const url = webhooks.find(({ id }) => id === webhookId)?.url;
      if (status === 'delivered') expect(accepted).toContain(`${url} ${eventId}`);
      else expect([status, tries]).toEqual(['failed', attemptDelaysMs.length]);
    }
    expect(new Set(eventIds(requests)).size).toBe(expected.length / webhooks.length);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('a message of an attempt contains nothing but references', async () => {
  const { deps, create, publish } = webhookWorld();
  await create();
  await publish(endedJob('succeeded', { tags: ['confidential'] }));
  const messages = deps.webhookQueue.take() as readonly AttemptMessage[];
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages)
    expect(Object.keys(message).toSorted()).toEqual(
      ['deliveryId', 'kind', 'number', 'round', 'tenant', 'webhookId'].toSorted(),
    );
});
