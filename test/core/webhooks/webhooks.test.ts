import { describe, expect, test } from 'vitest';
import { createWebhook } from '../../../core/webhooks/create-webhook.ts';
import { deleteWebhook } from '../../../core/webhooks/delete-webhook.ts';
import { editWebhook } from '../../../core/webhooks/edit-webhook.ts';
import { getWebhook } from '../../../core/webhooks/get-webhook.ts';
import { listDeliveries } from '../../../core/webhooks/list-deliveries.ts';
import { listWebhooks } from '../../../core/webhooks/list-webhooks.ts';
import { redeliver } from '../../../core/webhooks/redeliver.ts';
import { redeliverSince } from '../../../core/webhooks/redeliver-since.ts';
import { rotateSecret } from '../../../core/webhooks/rotate-secret.ts';
import { testWebhook } from '../../../core/webhooks/test-webhook.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { aJob, endedJob } from '../../support/jobs/jobs.ts';
import { eventIds, received, responded, webhookWorld } from './webhook-world.ts';

const dayMs = 86_400_000;
const problem = (slug: string) => expect.objectContaining({ slug });
const unmet = () => false;

async function worldWithWebhook() {
  const world = webhookWorld();
  const webhook = await world.create();
  return { ...world, webhook, key: { tenant: 'local', webhookId: webhook.id } };
}

describe('createWebhook', () => {
  test('returns the webhook with a secret of 32 bytes', async () => {
    const { deps } = webhookWorld();
    const description = { url: 'https://Receiver.example', tags: ['red'], description: 'mine' };
    const { webhook, secrets, replayed } = await createWebhook(deps, { tenant: 'local', description });
    expect(webhook).toMatchObject({
      url: 'https://receiver.example/',
      states: [],
      services: [],
      tags: ['red'],
      description: 'mine',
      status: 'active',
      version: 1,
    });
    expect(secrets.current).toMatch(/^whsec_/);
    expect(replayed).toBe(false);
  });

  test('creates one webhook for requests with the same idempotency key, even if one was interrupted', async () => {
    const { deps } = webhookWorld();
    const description = { url: 'https://receiver.example/' };
    const input = { tenant: 'local', description, idempotency: { key: 'a', fingerprint: 'f' } };
    const insert = () => Promise.reject(new Error('crash'));
    await expect(createWebhook({ ...deps, webhooks: { ...deps.webhooks, insert } }, input)).rejects.toThrow(
      'crash',
    );
    const first = await createWebhook(deps, input);
    const second = await createWebhook(deps, input);
    expect(second).toMatchObject({
      webhook: { id: first.webhook.id },
      secrets: first.secrets,
      replayed: true,
    });
    expect(await listWebhooks(deps, 'local')).toHaveLength(1);
    const other = { ...input, idempotency: { key: 'a', fingerprint: 'g' } };
    await expect(createWebhook(deps, other)).rejects.toEqual(problem('idempotency-key-reused'));
  });

  test('does not bring a deleted webhook back when the request is repeated', async () => {
    const { deps } = webhookWorld();
    const description = { url: 'https://receiver.example/' };
    const input = { tenant: 'local', description, idempotency: { key: 'a', fingerprint: 'f' } };
    const { webhook } = await createWebhook(deps, input);
    const key = { tenant: 'local', webhookId: webhook.id };
    await expect(deleteWebhook(deps, key, unmet)).rejects.toEqual(problem('precondition-failed'));
    expect(await createWebhook(deps, input)).toMatchObject({ webhook: { id: webhook.id }, replayed: true });
    const remove = () => Promise.reject(new Error('crash'));
    await expect(deleteWebhook({ ...deps, webhooks: { ...deps.webhooks, remove } }, key)).rejects.toThrow(
      'crash',
    );
    expect(await createWebhook(deps, input)).toMatchObject({ webhook: { id: webhook.id }, replayed: true });
    await deleteWebhook(deps, key);
    for (let run = 0; run < 2; run += 1)
      await expect(createWebhook(deps, input)).rejects.toEqual(problem('not-found'));
    expect(await listWebhooks(deps, 'local')).toEqual([]);
    expect(await deps.webhookSecrets.get(key)).toBeUndefined();
    const other = { ...input, idempotency: { key: 'b', fingerprint: 'f' } };
    expect(await createWebhook(deps, other)).toMatchObject({ replayed: false });
  });

  test('refuses the 21st webhook of a tenant', async () => {
    const { deps, create } = webhookWorld();
    for (let made = 0; made < 20; made += 1) await create();
    await expect(create()).rejects.toEqual(problem('too-many-webhooks'));
    await create({}, 'another');
    expect(await listWebhooks(deps, 'another')).toHaveLength(1);
  });

  test('refuses a URL that is not public', async () => {
    const { create } = webhookWorld();
    await expect(create({ url: 'https://0x7f.1/' })).rejects.toEqual(problem('invalid-request'));
  });
});

describe('editWebhook', () => {
  test('changes the given members, and nothing if the precondition is not met', async () => {
    const { deps, key } = await worldWithWebhook();
    const edit = { description: 'new', services: ['echo'] };
    expect((await editWebhook(deps, { key, edit })).webhook).toMatchObject({ ...edit, version: 2 });
    expect((await editWebhook(deps, { key, edit: { description: null } })).webhook).not.toHaveProperty(
      'description',
    );
    await expect(editWebhook(deps, { key, edit, meetsPrecondition: unmet })).rejects.toEqual(
      problem('precondition-failed'),
    );
    expect(await getWebhook(deps, key)).toMatchObject({ services: ['echo'], version: 3 });
  });

  test('refuses a URL that is not public', async () => {
    const { deps, key } = await worldWithWebhook();
    const edit = { url: 'http://receiver.example/' };
    await expect(editWebhook(deps, { key, edit })).rejects.toEqual(problem('invalid-request'));
  });

  test('enables a webhook that failed for five days with a new chance of five days', async () => {
    const { deps, key, receiver, publish, process, advance } = await worldWithWebhook();
    receiver.respond = () => responded(500);
    await publish();
    const messages = deps.webhookQueue.take();
    await process(messages);
    advance(6 * dayMs);
    await process(deps.webhookQueue.take());
    expect(await getWebhook(deps, key)).toMatchObject({ status: 'disabled', disabledReason: 'failing' });
    const { webhook: enabled } = await editWebhook(deps, { key, edit: { status: 'active' } });
    expect(enabled).not.toHaveProperty('disabledReason');
    expect((await getWebhook(deps, key)).health).toEqual({});
    await publish(endedJob('succeeded', { id: aJob({ requestedAt: 9 }).id }));
    await process(deps.webhookQueue.take());
    expect(await getWebhook(deps, key)).toMatchObject({ status: 'active' });
  });
});

describe('deleteWebhook', () => {
  test('deletes the webhook and its secrets, unless the precondition is not met', async () => {
    const { deps, key } = await worldWithWebhook();
    await expect(deleteWebhook(deps, key, unmet)).rejects.toEqual(problem('precondition-failed'));
    await deleteWebhook(deps, key);
    await expect(getWebhook(deps, key)).rejects.toEqual(problem('not-found'));
    expect(await deps.webhookSecrets.get(key)).toBeUndefined();
    await expect(deleteWebhook(deps, key)).rejects.toEqual(problem('not-found'));
  });
});

describe('rotateSecret', () => {
  test('replaces the secret, and keeps the previous one for 24 hours', async () => {
    const { deps, key, time } = await worldWithWebhook();
    const before = await deps.webhookSecrets.get(key);
    const { secrets } = await rotateSecret(deps, key);
    expect(secrets.current).not.toBe(before?.current);
    expect(secrets.previous).toEqual({ secret: before?.current, expiresAt: time.now + dayMs });
  });

  test('signs with the current secret only after 24 hours', async () => {
    const { deps, key, publish, process, requests, advance } = await worldWithWebhook();
    await rotateSecret(deps, key);
    const signatures = async (id: string) => {
      await publish(endedJob('succeeded', { id }));
      await process(deps.webhookQueue.take());
      return requests.at(-1)?.headers['webhook-signature']?.split(' ').length;
    };
    advance(dayMs - 1000);
    expect(await signatures(aJob({ requestedAt: 1 }).id)).toBe(2);
    // A timestamp has whole seconds.
    advance(2000);
    expect(await signatures(aJob({ requestedAt: 2 }).id)).toBe(1);
  });
});

describe('testWebhook', () => {
  test('delivers a test event with one attempt', async () => {
    const { deps, key, receiver, process, requests, listed } = await worldWithWebhook();
    receiver.respond = () => responded(500);
    const id = await testWebhook(deps, key);
    await process(deps.webhookQueue.take());
    expect(await listed(key.webhookId)).toMatchObject([
      { id, type: 'errand.webhook.test', status: 'failed' },
    ]);
    expect(deps.webhookQueue.take()).toEqual([]);
    expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({
      subject: `urn:errand:webhook:${key.webhookId}`,
      data: { webhookId: key.webhookId },
    });
  });

  test('is refused for a disabled webhook', async () => {
    const { deps, key } = await worldWithWebhook();
    await editWebhook(deps, { key, edit: { status: 'disabled' } });
    await expect(testWebhook(deps, key)).rejects.toEqual(problem('webhook-disabled'));
  });
});

/** A webhook with a delivered, a failed and a pending delivery of events at different times. */
async function worldWithDeliveries() {
  const world = await worldWithWebhook();
  const { deps, receiver, process, key, create: _, publish } = world;
  await editWebhook(deps, { key, edit: { states: ['succeeded'] } });
  const jobs = [1000, 2000, 3000].map((at) => endedJob('succeeded', { id: jobIdAt(at), requestedAt: at }));
  const answers = [received, responded(500), responded(500)];
  for (const [index, job] of jobs.entries()) {
    receiver.respond = () => answers[index] ?? received;
    await publish(job);
    await process(deps.webhookQueue.take());
  }
  // The second one fails for good.
  receiver.respond = () => responded(500);
  const [, second] = await world.listed(key.webhookId);
  if (second === undefined) throw new Error('there is no second delivery');
  const { nextAttemptAt: _n, nextCheckAt: _c, ...failed } = second;
  await deps.deliveries.put({ ...failed, status: 'failed', version: second.version + 1 }, second.version);
  deps.webhookQueue.take();
  return { ...world, jobs, ids: (await world.listed(key.webhookId)).map(({ id }) => id) };
}

describe('listDeliveries', () => {
  test('returns the newest events first, by status and by page', async () => {
    const { deps, key, ids } = await worldWithDeliveries();
    const page = async (query: object) => {
      const { deliveries, nextCursor } = await listDeliveries(deps, { key, limit: 2, ...query });
      return { ids: deliveries.map(({ id }) => ids.indexOf(id)), nextCursor };
    };
    const first = await page({});
    expect(first.ids).toEqual([2, 1]);
    expect(await page({ cursor: first.nextCursor })).toEqual({ ids: [0], nextCursor: undefined });
    expect((await page({ status: 'failed' })).ids).toEqual([1]);
    await expect(page({ status: 'failed', cursor: first.nextCursor })).rejects.toEqual(problem('bad-cursor'));
  });
});

describe('redeliver', () => {
  test.each([0, 1, 2])('starts a new round of attempts of delivery %i, in any state', async (index) => {
    const { deps, key, ids, receiver, process, requests, listed, jobs } = await worldWithDeliveries();
    const deliveryId = ids[index] ?? '';
    await redeliver(deps, { ...key, deliveryId });
    const messages = deps.webhookQueue.take();
    const before = requests.length;
    receiver.respond = () => received;
    await process(messages);
    expect(eventIds(requests.slice(before))).toEqual([`${jobs[index]?.id}/2`]);
    expect((await listed(key.webhookId))[index]).toMatchObject({ status: 'delivered', round: 1, tries: 1 });
  });

  test('makes the messages of the round before it obsolete', async () => {
    const { deps, key, ids, process, requests } = await worldWithDeliveries();
    const deliveryId = ids[2] ?? '';
    const obsolete = { kind: 'attempt', ...key, deliveryId, round: 0, number: 2 } as const;
    await redeliver(deps, { ...key, deliveryId });
    const before = requests.length;
    await process([obsolete]);
    expect(requests).toHaveLength(before);
  });

  test('is continued by the reconciler if the message could not be sent', async () => {
    const { deps, key, ids, advance, reconcile } = await worldWithDeliveries();
    deps.webhookQueue.refuse(true);
    await expect(redeliver(deps, { ...key, deliveryId: ids[0] ?? '' })).rejects.toEqual(
      problem('unavailable'),
    );
    deps.webhookQueue.refuse(false);
    advance(600_000);
    await reconcile();
    expect(deps.webhookQueue.take()).toContainEqual(
      expect.objectContaining({ deliveryId: ids[0], round: 1, number: 1 }),
    );
  });

  test('throws for a delivery that does not exist and for a disabled webhook', async () => {
    const { deps, key, ids } = await worldWithDeliveries();
    const missing = ids[0]?.replace(/-2$/, '-9') ?? '';
    await expect(redeliver(deps, { ...key, deliveryId: missing })).rejects.toEqual(problem('not-found'));
    await editWebhook(deps, { key, edit: { status: 'disabled' } });
    await expect(redeliver(deps, { ...key, deliveryId: ids[0] ?? '' })).rejects.toEqual(
      problem('webhook-disabled'),
    );
  });
});

describe('redeliverSince', () => {
  test.each([
    ['failed', '1970-01-01', [1]],
    ['all', '1970-01-01', [0, 1]],
    ['all', '1970-01-01T00:00:02Z', [1]],
    ['failed', '1970-01-01T00:00:03Z', []],
  ] as const)(
    'with %s since %s repeats the deliveries %j; pending ones continue',
    async (include, since, indexes) => {
      const { deps, key, ids, process } = await worldWithDeliveries();
      await redeliverSince(deps, { key, request: { since, include } });
      await process(deps.webhookQueue.take());
      expect(deps.webhookQueue.take()).toMatchObject(
        indexes.map((index) => ({ kind: 'attempt', deliveryId: ids[index], round: 1, number: 1 })),
      );
    },
  );

  test('repeats many deliveries page by page, and each once if a message is processed twice', async () => {
    const { deps, key, publish, process, requests } = await worldWithWebhook();
    const count = 250;
    for (let index = 0; index < count; index += 1)
      await publish(endedJob('succeeded', { id: jobIdAt(5000 + index), requestedAt: 5000 + index }));
    await process(deps.webhookQueue.take());
    const before = requests.length;
    expect(before).toBe(2 * count);
    await redeliverSince(deps, { key, request: { since: '1970-01-01', include: 'all' } });
    for (let messages = deps.webhookQueue.take(); messages.length > 0; messages = deps.webhookQueue.take())
      await process([...messages, ...messages.filter(({ kind }) => kind === 'redelivery')]);
    expect(requests.length - before).toBe(2 * count);
  });

  test('continues after a crash in the middle of a page without repeating what it has restarted', async () => {
    const { deps, key, process, reconcile, advance, listed } = await worldWithDeliveries();
    await redeliverSince(deps, { key, request: { since: '1970-01-01', include: 'all' } });
    const messages = deps.webhookQueue.take();
    deps.webhookQueue.refuse(true);
    expect(await process(messages)).toEqual(['0']);
    deps.webhookQueue.refuse(false);
    expect(await process(messages)).toEqual([]);
    expect((await listed(key.webhookId)).map(({ round }) => round)).toEqual([1, 1, 0]);
    advance(600_000);
    expect(await reconcile()).toBe(2);
  });
});
