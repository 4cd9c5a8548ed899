import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { tombstoneOf } from '../../../../core/jobs/model/tombstone.ts';
import type { AttemptMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import { deleteWebhook } from '../../../../core/webhooks/delete-webhook.ts';
import { attemptDelivery } from '../../../../core/webhooks/delivery/attempt-delivery.ts';
import { sendToWebhooks } from '../../../../core/webhooks/delivery/send-to-webhooks.ts';
import { slotsOf } from '../../../../core/webhooks/delivery/slow-slots.ts';
import { editWebhook } from '../../../../core/webhooks/edit-webhook.ts';
import { attemptDelaysMs } from '../../../../core/webhooks/model/retry-schedule.ts';
import { rotateSecret } from '../../../../core/webhooks/rotate-secret.ts';
import { eventFault } from '../../../support/events/published-events.ts';
import { aJob, endedJob } from '../../../support/jobs/jobs.ts';
import { eventIds, received, responded, webhookWorld } from '../webhook-world.ts';

const job = endedJob('succeeded');
const lastState = { states: ['succeeded' as const] };
const dayMs = 86_400_000;

/** A world with one webhook and the message for the only event that it matches. */
async function worldWithMessage() {
  const world = webhookWorld();
  const webhook = await world.create(lastState);
  await world.publish(job);
  const [message] = world.deps.webhookQueue.take();
  if (message?.kind !== 'attempt') throw new Error('no attempt was requested');
  const delivery = async () => (await world.listed(webhook.id))[0];
  return { ...world, webhook, message, delivery, key: { tenant: 'local', webhookId: webhook.id } };
}

describe('an attempt', () => {
  test('sends the event with a signature that the package standardwebhooks accepts', async () => {
    const { deps, message, requests, key } = await worldWithMessage();
    expect(await attemptDelivery({ ...deps, clock: { ...deps.clock, now: Date.now } }, message)).toBe(
      'delivered',
    );
    const [request] = requests;
    if (request === undefined) throw new Error('nothing was sent');
    const secret = (await deps.webhookSecrets.get(key))?.current ?? '';
    const event = new Webhook(secret).verify(request.body, { ...request.headers });
    expect(event).toMatchObject({ id: `${job.id}/2`, type: 'errand.job.succeeded' });
    expect(() => new Webhook(secret).verify(`${request.body} `, { ...request.headers })).toThrow(
      'No matching signature',
    );
    const wrong = `whsec_${Buffer.from('another secret of enough length').toString('base64')}`;
    expect(() => new Webhook(wrong).verify(request.body, { ...request.headers })).toThrow(
      'No matching signature',
    );
    const old = { ...request.headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 600) };
    expect(() => new Webhook(secret).verify(request.body, old)).toThrow('too old');
  });

  test('is recorded with its response', async () => {
    const { deps, message, delivery, receiver, time } = await worldWithMessage();
    receiver.respond = () => responded(200);
    await attemptDelivery(deps, message);
    expect(await delivery()).toMatchObject({
      id: message.deliveryId,
      eventId: `${job.id}/2`,
      type: 'errand.job.succeeded',
      status: 'delivered',
      attempts: [{ at: time.now, durationMs: 0, status: 200, answer: 'an answer' }],
    });
  });

  test('of a message that is processed twice is made once', async () => {
    const { deps, message, requests } = await worldWithMessage();
    expect(await attemptDelivery(deps, message)).toBe('delivered');
    expect(await attemptDelivery(deps, message)).toBe('obsolete');
    expect(requests).toHaveLength(1);
  });

  test('that crashed before it was recorded is made again with the same ID', async () => {
    const { deps, message, requests, delivery } = await worldWithMessage();
    const put = () => Promise.reject(new Error('crash'));
    await expect(
      attemptDelivery({ ...deps, deliveries: { ...deps.deliveries, put } }, message),
    ).rejects.toThrow('crash');
    expect(await attemptDelivery(deps, message)).toBe('delivered');
    expect(new Set(eventIds(requests))).toEqual(new Set([`${job.id}/2`]));
    expect((await delivery())?.attempts).toHaveLength(1);
  });

  test('sends the event of a job that was deleted since, and its deletion', async () => {
    const { deps, message, requests, process, create } = await worldWithMessage();
    await create({ states: ['deleted'] });
    const tombstone = tombstoneOf(job, { by: 'tester', now: deps.clock.now() });
    await deps.jobs.replaceWithTombstone(tombstone, job.version);
    await sendToWebhooks(deps, [{ position: '2', before: job, tombstone }]);
    await process([message, ...deps.webhookQueue.take()]);
    expect(eventIds(requests)).toEqual([`${job.id}/2`, `${job.id}/3`]);
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({ type: 'errand.job.deleted' });
  });

  test('has a signature with each valid secret after a rotation', async () => {
    const { deps, message, requests, key } = await worldWithMessage();
    const now = Date.now;
    const [before, { secrets: after }] = [
      await deps.webhookSecrets.get(key),
      await rotateSecret({ ...deps, clock: { now } }, key),
    ];
    await attemptDelivery({ ...deps, clock: { ...deps.clock, now } }, message);
    const [request] = requests;
    if (request === undefined) throw new Error('nothing was sent');
    const { headers, body } = request;
    for (const secret of [before?.current, after.current])
      expect(new Webhook(secret ?? '').verify(body, { ...headers })).toMatchObject({ id: `${job.id}/2` });
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });
});

describe('the retries of a delivery', () => {
  test('follow the published schedule, each counted from the previous attempt, with at most 20 % more', async () => {
    const { deps, receiver, message, requests, delivery, advance, reconcile, process, time } =
      await worldWithMessage();
    receiver.respond = () => responded(500);
    const attemptedAt: number[] = [];
    let messages: readonly Parameters<typeof process>[0][number][] = [message];
    while (attemptedAt.length < attemptDelaysMs.length) {
      attemptedAt.push(time.now);
      await process(messages);
      const { nextAttemptAt } = (await delivery()) ?? {};
      if (nextAttemptAt === undefined) break;
      const [queued] = deps.webhookQueue.sent;
      // A short delay is that of the message; a long one is in the index that the reconciler reads.
      if (queued !== undefined)
        expect(queued.delaySeconds).toBe(Math.round((nextAttemptAt - time.now) / 1000));
      advance(nextAttemptAt - time.now);
      if (queued === undefined) expect(await reconcile()).toBe(1);
      messages = deps.webhookQueue.take();
    }
    const gaps = attemptedAt.slice(1).map((at, index) => at - (attemptedAt[index] ?? 0));
    expect(gaps).toEqual(attemptDelaysMs.slice(1).map((delay) => Math.round(delay * 1.1))); // the fraction of the tests is 0.5
    expect(requests).toHaveLength(10);
    expect(await delivery()).toMatchObject({ status: 'failed', tries: 10 });
    expect(deps.webhookQueue.sent).toEqual([]);
  });

  test.each([
    [{ retryAfter: '120' }, 120_000],
    [{ retryAfter: '1' }, 5500],
    [{ retryAfter: '9999999' }, 24 * 3_600_000],
    [{ retryAfter: 'soon' }, 5500],
  ])('wait at least as long as %j requests, and at most a day', async (header, expectedMs) => {
    const { deps, receiver, message, delivery, time } = await worldWithMessage();
    receiver.respond = () => responded(503, header);
    await attemptDelivery(deps, message);
    expect((await delivery())?.nextAttemptAt).toBe(time.now + expectedMs);
  });

  test('happen after a redirect and after an error without a response', async () => {
    for (const response of [responded(302), { kind: 'error', error: 'ECONNREFUSED' } as const]) {
      const { deps, receiver, message, delivery } = await worldWithMessage();
      receiver.respond = () => response;
      expect(await attemptDelivery(deps, message)).toBe('pending');
      expect((await delivery())?.attempts).toHaveLength(1);
    }
  });

  test('are requested by the reconciler if the message for the next attempt was lost', async () => {
    const { deps, receiver, message, advance, reconcile, process, delivery } = await worldWithMessage();
    receiver.respond = () => responded(500);
    deps.webhookQueue.refuse(true);
    await expect(attemptDelivery(deps, message)).rejects.toMatchObject({ slug: 'unavailable' });
    deps.webhookQueue.refuse(false);
    expect(await attemptDelivery(deps, message)).toBe('obsolete');
    advance(60_000);
    expect(await reconcile()).toBe(0);
    advance(600_000);
    expect(await reconcile()).toBe(1);
    expect(await reconcile()).toBe(0);
    receiver.respond = () => received;
    await process(deps.webhookQueue.take());
    expect(await delivery()).toMatchObject({
      status: 'delivered',
      attempts: [{ status: 500 }, { status: 204 }],
    });
  });
});

describe('a webhook', () => {
  test('is disabled at once by a response with 410, and an event reports it', async () => {
    const { deps, receiver, message, key, delivery, announced, publish, requests } = await worldWithMessage();
    receiver.respond = () => responded(410);
    expect(await attemptDelivery(deps, message)).toBe('failed');
    expect(await deps.webhooks.get(key)).toMatchObject({
      status: 'disabled',
      disabledReason: 'gone',
      version: 2,
    });
    expect(await delivery()).toMatchObject({ status: 'failed' });
    expect(announced).toMatchObject([{ id: `${key.webhookId}/2`, data: { disabledReason: 'gone' } }]);
    expect(eventFault(announced[0])).toBeUndefined();
    await publish(endedJob('succeeded', { id: aJob({ requestedAt: 5 }).id }));
    expect(deps.webhookQueue.sent).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  test('is disabled after five days in which every attempt failed, whatever delivery it belonged to', async () => {
    const { deps, receiver, message, key, announced, advance, publish } = await worldWithMessage();
    receiver.respond = () => responded(500);
    await attemptDelivery(deps, message);
    const later = async (id: string) => {
      deps.webhookQueue.take();
      await publish(endedJob('succeeded', { id }));
      return deps.webhookQueue.take()[0] as AttemptMessage;
    };
    advance(5 * dayMs - 1);
    await attemptDelivery(deps, await later(aJob({ requestedAt: 7 }).id));
    expect(await deps.webhooks.get(key)).toMatchObject({ status: 'active' });
    advance(1);
    await attemptDelivery(deps, await later(aJob({ requestedAt: 8 }).id));
    expect(await deps.webhooks.get(key)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
    expect(announced).toHaveLength(1);
  });

  test('counts the five days from the first failure after its last success', async () => {
    const { deps, receiver, message, key, advance, process } = await worldWithMessage();
    receiver.respond = () => responded(500);
    await attemptDelivery(deps, message);
    expect(await deps.webhooks.get(key)).toMatchObject({ health: { failingSince: expect.any(Number) } });
    receiver.respond = () => received;
    advance(6 * dayMs);
    await process(deps.webhookQueue.take());
    expect((await deps.webhooks.get(key))?.health).not.toHaveProperty('failingSince');
    expect(await deps.webhooks.get(key)).toMatchObject({ status: 'active' });
  });

  test('whose event could not be published is announced with its next message', async () => {
    const { deps, receiver, message, announced } = await worldWithMessage();
    receiver.respond = () => responded(410);
    const refusing: typeof deps.bus = { publish: async (events) => events };
    await expect(attemptDelivery({ ...deps, bus: refusing }, message)).rejects.toThrow(
      'could not be published',
    );
    expect(announced).toEqual([]);
    for (let run = 0; run < 2; run += 1) await attemptDelivery(deps, message);
    expect(announced).toHaveLength(1);
  });

  test.each([responded(410), responded(500)])(
    'whose URL is changed during an attempt is not affected by its response, %j',
    async (response) => {
      const { deps, receiver, message, key, announced, advance } = await worldWithMessage();
      receiver.respond = () => responded(500);
      await attemptDelivery(deps, message);
      advance(6 * dayMs);
      const [{ message: second } = { message }] = deps.webhookQueue.sent;
      receiver.respond = async () => {
        await editWebhook(deps, { key, edit: { url: 'https://new.example/' } });
        return response;
      };
      await attemptDelivery(deps, second as AttemptMessage);
      const webhook = await deps.webhooks.get(key);
      expect(webhook).toMatchObject({ status: 'active', url: 'https://new.example/', version: 2 });
      expect(webhook?.health).toEqual({});
      expect(announced).toEqual([]);
    },
  );

  test('whose first attempt fails while its URL is changed is not failing', async () => {
    const { deps, receiver, message, key } = await worldWithMessage();
    receiver.respond = async () => {
      await editWebhook(deps, { key, edit: { url: 'https://new.example/' } });
      return responded(500);
    };
    await attemptDelivery(deps, message);
    expect((await deps.webhooks.get(key))?.health).toEqual({});
  });

  test('that is enabled again during an attempt has a new chance of five days', async () => {
    const { deps, receiver, message, key, advance } = await worldWithMessage();
    receiver.respond = () => responded(500);
    await attemptDelivery(deps, message);
    advance(6 * dayMs);
    const [{ message: second } = { message }] = deps.webhookQueue.sent;
    receiver.respond = async () => {
      for (const status of ['disabled', 'active'] as const)
        await editWebhook(deps, { key, edit: { status } });
      return responded(500);
    };
    await attemptDelivery(deps, second as AttemptMessage);
    expect(await deps.webhooks.get(key)).toMatchObject({ status: 'active', version: 3 });
  });

  test('that is disabled gets nothing more, and its pending deliveries end', async () => {
    const { deps, receiver, message, key, delivery, process, requests } = await worldWithMessage();
    receiver.respond = () => responded(500);
    await attemptDelivery(deps, message);
    await editWebhook(deps, { key, edit: { status: 'disabled' } });
    await process(deps.webhookQueue.take());
    expect(requests).toHaveLength(1);
    expect(await delivery()).toMatchObject({ status: 'failed' });
    expect(await delivery()).not.toHaveProperty('nextCheckAt');
  });

  test('that was deleted gets nothing more, and its pending deliveries end', async () => {
    const { deps, receiver, message, key, delivery, process, requests } = await worldWithMessage();
    receiver.respond = () => responded(500);
    await attemptDelivery(deps, message);
    await deleteWebhook(deps, key);
    expect(await deps.webhookSecrets.get(key)).toBeUndefined();
    await process(deps.webhookQueue.take());
    expect(requests).toHaveLength(1);
    expect(await delivery()).toMatchObject({ status: 'failed' });
  });
});

describe('a slow receiver', () => {
  /** Waits until all promises that can be settled now are. */
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  };

  test('has at most five slow calls in progress; the others are given up and made later', async () => {
    const { deps, receiver, message, advance, requests, key, time } = await worldWithMessage();
    const ended: Array<() => void> = [];
    const aborted: string[] = [];
    receiver.respond = ({ signal, headers }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          aborted.push(headers['webhook-id'] ?? '');
          resolve({ kind: 'error', error: 'aborted' });
        });
        ended.push(() => resolve(received));
      });
    const ids = Array.from({ length: 7 }, (_, index) => aJob({ requestedAt: 100 + index }).id);
    for (const id of ids) await deps.jobs.insert(endedJob('succeeded', { id }));
    const attempts = ids.map((id) =>
      attemptDelivery(deps, { ...message, deliveryId: message.deliveryId.replace(job.id, id) }),
    );
    await settled();
    expect(requests).toHaveLength(7);
    advance(2000);
    await settled();
    expect(aborted).toHaveLength(2);
    expect(deps.webhookQueue.take()).toHaveLength(2);
    // While the slots are taken, nothing more is sent.
    expect(await attemptDelivery(deps, message)).toBe('postponed');
    expect(deps.webhookQueue.take()).toMatchObject([
      { deliveryId: message.deliveryId, postponed: 1, number: 1 },
    ]);
    expect(requests).toHaveLength(7);
    expect((await deps.webhooks.get(key))?.health).toEqual({ slowSince: time.now });
    for (const end of ended) end();
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'delivered')).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === 'postponed')).toHaveLength(2);
    expect(await deps.slowCalls.read()).toEqual({});
    // A fast call is also made in a slot, and is the last one.
    receiver.respond = () => received;
    expect(await attemptDelivery(deps, message)).toBe('delivered');
    expect((await deps.webhooks.get(key))?.health).toEqual({});
    expect(await deps.slowCalls.read()).toEqual({});
  });

  test('whose call never ends is given up after 20 s, and retried', async () => {
    const { deps, receiver, message, advance, delivery } = await worldWithMessage();
    receiver.respond = () => new Promise(() => undefined);
    const outcome = attemptDelivery(deps, message);
    for (const ms of [2000, 18_000]) {
      await settled();
      advance(ms);
    }
    expect(await outcome).toBe('pending');
    expect((await delivery())?.attempts).toMatchObject([
      { durationMs: 20_000, error: 'The call did not end' },
    ]);
    expect(await deps.slowCalls.read()).toEqual({});
  });

  test('has its first attempt requested by the reconciler if the message of the postponed one was lost', async () => {
    const { deps, message, advance, delivery, key, reconcile, process, time } = await worldWithMessage();
    await deps.webhooks.recordSlow(key, { at: time.now, version: 1 });
    for (const slot of slotsOf('local'))
      await deps.slowCalls.take(slot, { now: time.now, until: time.now + 30_000 });
    expect(await attemptDelivery(deps, message)).toBe('postponed');
    expect(await delivery()).toMatchObject({ status: 'pending', attempts: [], tries: 0 });
    deps.webhookQueue.take();
    advance(600_000);
    expect(await reconcile()).toBe(1);
    await process(deps.webhookQueue.take());
    expect(await delivery()).toMatchObject({ status: 'delivered', tries: 1 });
  });
});
