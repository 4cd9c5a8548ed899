import { beforeAll, expect, test } from 'vitest';
import type { WebhookSecretStore, WebhookStore } from '../../../core/ports/webhooks/webhook-store.ts';
import type { Webhook } from '../../../core/webhooks/model/webhook.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { someTime } from '../../support/jobs/jobs.ts';

let made = 0;

/** A webhook with an ID of its own. */
function aWebhook(given: Partial<Webhook> = {}): Webhook {
  made += 1;
  return {
    tenant: 'local',
    id: jobIdAt(someTime + made),
    url: 'https://receiver.example/',
    states: ['failed', 'deleted'],
    services: ['echo'],
    tags: ['red', 'ü'],
    description: 'a description',
    status: 'active',
    updatedAt: someTime,
    version: 1,
    ...given,
  };
}

const keyOf = ({ tenant, id: webhookId }: Webhook) => ({ tenant, webhookId });

/** The contract of every store of webhooks. `makeStore` returns an empty store; the caller cleans up. */
export function describeWebhookStore(makeStore: () => Promise<WebhookStore>): void {
  let store: WebhookStore;
  beforeAll(async () => {
    store = await makeStore();
  });

  test('a webhook is returned as it was inserted, and no other takes its ID', async () => {
    const { description: _, ...plain } = aWebhook();
    for (const webhook of [aWebhook(), plain, aWebhook({ status: 'disabled', disabledReason: 'gone' })]) {
      expect(await store.insert(webhook)).toBe('inserted');
      expect(await store.get(keyOf(webhook))).toStrictEqual({ ...webhook, health: {} });
      expect(await store.insert({ ...webhook, url: 'https://other.example/' })).toBe('exists');
      expect(await store.get(keyOf(webhook))).toMatchObject({ url: 'https://receiver.example/' });
    }
  });

  test('the list contains the webhooks of one tenant, oldest first', async () => {
    const tenant = 'listing';
    const webhooks = [aWebhook({ tenant }), aWebhook({ tenant }), aWebhook({ tenant: 'listing-2' })];
    for (const webhook of webhooks.toReversed()) await store.insert(webhook);
    const listed = await store.list(tenant, 'strong');
    expect(listed.map(({ id }) => id)).toEqual(webhooks.slice(0, 2).map(({ id }) => id));
    expect(await store.list('nobody', 'eventual')).toEqual([]);
  });

  test('exactly one of several replacements of a version is accepted', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const urls = ['a', 'b', 'c'].map((name) => `https://${name}.example/`);
    const results = await Promise.all(urls.map((url) => store.replace({ ...webhook, url, version: 2 }, 1)));
    expect(results.toSorted()).toEqual(['conflict', 'conflict', 'replaced']);
    const stored = await store.get(keyOf(webhook));
    expect(stored).toMatchObject({ url: urls[results.indexOf('replaced')], version: 2 });
    expect(await store.replace({ ...aWebhook(), version: 2 }, 1)).toBe('conflict');
  });

  test('a replacement keeps the health, unless it resets it', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    expect(await store.recordFailure(keyOf(webhook), { at: 5, version: 1 })).toBe(5);
    await store.replace({ ...webhook, version: 2 }, 1, { isUnannounced: true });
    const kept = { failingSince: 5, isUnannounced: true };
    expect((await store.get(keyOf(webhook)))?.health).toStrictEqual(kept);
    await store.recordAnnouncement(keyOf(webhook));
    expect((await store.get(keyOf(webhook)))?.health).toStrictEqual({ failingSince: 5 });
    await store.replace({ ...webhook, version: 3 }, 2, { resetsHealth: true });
    expect((await store.get(keyOf(webhook)))?.health).toStrictEqual({});
  });

  test('the first failure since a success is recorded, and changes no version', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const key = keyOf(webhook);
    const fail = (at: number) => store.recordFailure(key, { at, version: 1 });
    expect([await fail(7), await fail(9)]).toEqual([7, 7]);
    await store.recordSuccess(key, 7);
    expect(await fail(11)).toBe(11);
    expect(await store.get(key)).toMatchObject({ version: 1 });
  });

  test('a failure of another version is not recorded', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const key = keyOf(webhook);
    await store.replace({ ...webhook, url: 'https://other.example/', version: 2 }, 1);
    expect(await store.recordFailure(key, { at: 5, version: 1 })).toBeUndefined();
    expect((await store.get(key))?.health).toStrictEqual({});
    expect(await store.recordFailure(key, { at: 6, version: 2 })).toBe(6);
  });

  test('a replacement on condition of failures is refused after a success', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const key = keyOf(webhook);
    const next = { ...webhook, version: 2 };
    await store.recordFailure(key, { at: 5, version: 1 });
    await store.recordSuccess(key, 5);
    expect(await store.replace(next, 1, { ifFailingSince: 5 })).toBe('conflict');
    await store.recordFailure(key, { at: 6, version: 1 });
    expect(await store.replace(next, 1, { ifFailingSince: 5 })).toBe('conflict');
    expect(await store.replace(next, 1, { ifFailingSince: 6 })).toBe('replaced');
  });

  test('a receiver is slow from its first slow call on, until a fast one', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const key = keyOf(webhook);
    await store.recordSlow(key, { at: 5, version: 2 });
    expect((await store.get(key))?.health).toStrictEqual({});
    await store.recordSlow(key, { at: 6, version: 1 });
    await store.recordSlow(key, { at: 7, version: 1 });
    expect(await store.get(key)).toMatchObject({ version: 1, health: { slowSince: 6 } });
    await store.recordFast(key, 7);
    expect((await store.get(key))?.health).toStrictEqual({ slowSince: 6 });
    await store.recordFast(key, 6);
    expect((await store.get(key))?.health).toStrictEqual({});
    await store.recordSlow(key, { at: 8, version: 1 });
    await store.replace({ ...webhook, version: 2 }, 1, { resetsHealth: true });
    expect((await store.get(key))?.health).toStrictEqual({});
  });

  test('a success is recorded only if the webhook still fails since the same time', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const key = keyOf(webhook);
    await store.recordFailure(key, { at: 5, version: 1 });
    await store.replace({ ...webhook, url: 'https://other.example/', version: 2 }, 1, { resetsHealth: true });
    await store.recordFailure(key, { at: 9, version: 2 });
    await store.recordSuccess(key, 5);
    expect((await store.get(key))?.health).toStrictEqual({ failingSince: 9 });
    await store.recordSuccess(key, 9);
    expect((await store.get(key))?.health).toStrictEqual({});
  });

  test('a removed webhook does not come back by a record of its health', async () => {
    const webhook = aWebhook();
    await store.insert(webhook);
    const key = keyOf(webhook);
    expect(await store.remove(key, 2)).toBe('conflict');
    expect(await store.remove(key, 1)).toBe('removed');
    expect(await store.recordFailure(key, { at: 5, version: 1 })).toBeUndefined();
    await store.recordSuccess(key, 5);
    await store.recordAnnouncement(key);
    await store.recordSlow(key, { at: 5, version: 1 });
    await store.recordFast(key, 5);
    expect(await store.get(key)).toBeUndefined();
  });
}

/** The contract of every store of the secrets of webhooks. */
export function describeWebhookSecretStore(makeStore: () => Promise<WebhookSecretStore>): void {
  let store: WebhookSecretStore;
  beforeAll(async () => {
    store = await makeStore();
  });
  const key = (tenant: string) => ({ tenant, webhookId: jobIdAt(1) });
  const first = { current: 'whsec_a', version: 1 };

  test('secrets are returned as they were written, and not replaced by an insertion', async () => {
    expect(await store.get(key('one'))).toBeUndefined();
    expect(await store.insert(key('one'), first)).toBe('inserted');
    expect(await store.insert(key('one'), { current: 'whsec_b', version: 1 })).toBe('exists');
    expect(await store.get(key('one'))).toStrictEqual(first);
    expect(await store.get(key('another'))).toBeUndefined();
  });

  test('exactly one of several replacements of a version is accepted', async () => {
    await store.insert(key('two'), first);
    const next = (current: string) => ({
      current,
      previous: { secret: first.current, expiresAt: 5 },
      version: 2,
    });
    const results = await Promise.all(
      ['b', 'c', 'd'].map((text) => store.replace(key('two'), next(text), 1)),
    );
    expect(results.toSorted()).toEqual(['conflict', 'conflict', 'replaced']);
    expect(await store.get(key('two'))).toStrictEqual(
      next(['b', 'c', 'd'][results.indexOf('replaced')] ?? ''),
    );
  });

  test('a removal can be repeated', async () => {
    await store.insert(key('three'), first);
    for (let run = 0; run < 2; run += 1) await store.remove(key('three'));
    expect(await store.get(key('three'))).toBeUndefined();
  });
}
