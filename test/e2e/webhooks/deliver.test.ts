import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type Call,
  startOwnErrand,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';
import { type Receiver, type ReceiverResponse, startReceiver } from '../../support/webhooks/receiver.ts';

let errand: TestErrand;
const receivers: Receiver[] = [];
beforeAll(async () => {
  // Retries after 5 s, 5 min and 2 h take 5 ms, 300 ms and 7 s.
  errand = await startOwnErrand({ allowLoopbackWebhooks: true, webhookDelayScale: 0.001 });
});
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.stop();
});
afterAll(() => errand?.end());

/** A tenant of its own, whose webhooks no process has cached, with the service echo. */
async function newCaller() {
  const { holder, call: asTenant } = newTenant();
  await addKey(errand.cloud, holder);
  const call = (path: string, given: Call = {}) =>
    errand.call(path, { ...given, withKey: false, headers: { ...asTenant.headers, ...given.headers } });
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
  await call('/v1/services/echo/versions/1.0.0', { method: 'PUT', body: { parameters: {}, dispatcher } });
  const submit = async (given: object = {}) =>
    (await call('/v1/jobs', { body: { service: 'echo', ...given }, headers: { prefer: 'wait=20' } })).body;
  const create = async (given: object) => {
    const response = expectDocumented(await call('/v1/webhooks', { body: given }), 'createWebhook');
    expect(response.status).toBe(201);
    return response.body;
  };
  const deliveries = async (id: string, query = '') =>
    expectDocumented(await call(`/v1/webhooks/${id}/deliveries${query}`), 'listDeliveries').body.items;
  return { call, submit, create, deliveries, tenant: holder.tenant };
}

async function receiver(respond?: Parameters<typeof startReceiver>[0]): Promise<Receiver> {
  const one = await startReceiver(respond);
  receivers.push(one);
  return one;
}

const eventsOf = ({ requests }: Receiver): readonly JobEvent[] =>
  requests.map(({ body }) => JSON.parse(body));

describe('the events of a job', () => {
  test('are delivered as the log of the job has them, with signatures that receivers can verify', async () => {
    const { call, submit, create } = await newCaller();
    const { url, requests } = await receiver();
    const { secret } = await create({ url });
    const { id } = await submit();
    await expect.poll(() => requests.length).toBe(3);
    const { items } = (await call(`/v1/jobs/${id}/events`)).body;
    const bySequence = eventsOf({ requests } as Receiver).toSorted((a, b) =>
      a.sequence < b.sequence ? -1 : 1,
    );
    expect(bySequence).toEqual(items);
    for (const { headers, body } of requests) {
      const signed = headers as Record<string, string>; // none of these is repeated
      expect(new Webhook(secret).verify(body, signed)).toEqual(JSON.parse(body));
      expect(signed['webhook-id']).toBe(JSON.parse(body).id);
      expect(() => new Webhook(secret).verify(body.replace('echo', 'ohce'), signed)).toThrow();
    }
  });

  test('are delivered only if they match the filters', async () => {
    const { submit, create, call } = await newCaller();
    const [ends, red, deleted] = [await receiver(), await receiver(), await receiver()];
    await create({ url: ends.url, states: ['succeeded'], services: ['echo'] });
    await create({ url: red.url, tags: ['red', 'green'] });
    await create({ url: deleted.url, states: ['deleted'] });
    const { id } = await submit({ tags: ['red'] });
    await submit({ tags: ['blue'] });
    await call(`/v1/jobs/${id}`, { method: 'DELETE' });
    await expect.poll(() => [ends, red, deleted].map(({ requests }) => requests.length)).toEqual([2, 4, 1]);
    expect(new Set(eventsOf(red).map(({ data }) => data.jobId))).toEqual(new Set([id]));
    expect(eventsOf(deleted)).toMatchObject([{ type: 'errand.job.deleted', data: { jobId: id } }]);
  });

  test('are delivered to no webhook of another tenant', async () => {
    const [one, other] = [await newCaller(), await newCaller()];
    const [mine, theirs] = [await receiver(), await receiver()];
    await one.create({ url: mine.url });
    await other.create({ url: theirs.url });
    await one.submit();
    await expect.poll(() => mine.requests.length).toBe(3);
    expect(theirs.requests).toEqual([]);
  });
});

describe('a receiver', () => {
  test('that fails 30 % of the calls gets 500 events, each at least once, and once after dropping duplicates', async () => {
    const { call, create, deliveries } = await newCaller();
    const accepted: string[] = [];
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const flaky = await receiver(({ headers }) => {
      if (random() < 0.3) return { status: 503 };
      accepted.push(String(headers['webhook-id']));
      return { status: 200 };
    });
    const { id } = await create({ url: flaky.url, states: ['draft'] });
    const jobs = Array.from({ length: 100 }, () => ({ start: false }));
    const made = new Set<string>();
    for (let batch = 0; batch < 5; batch += 1) {
      const { body } = await call('/v1/jobs/batch', { body: { jobs } });
      for (const { job } of body.items) made.add(`${job.id}/1`);
    }
    expect(made.size).toBe(500);
    await expect.poll(() => new Set(accepted).size, { timeout: 120_000 }).toBe(500);
    expect(new Set(accepted)).toEqual(made);
    expect(flaky.requests.length).toBeGreaterThan(600);
    await expect.poll(() => deliveries(id, '?status=pending')).toEqual([]);
    const all = await deliveries(id, '?limit=1000');
    expect(all).toHaveLength(500);
    for (const { status } of all) expect(status).toBe('delivered');
  }, 180_000);

  test('that is slow does not delay another', async () => {
    const { call, create } = await newCaller();
    const slow = await receiver(() => ({ status: 200, delayMs: 14_000 }));
    const fast = await receiver();
    await create({ url: slow.url, states: ['draft'] });
    const draft = { start: false };
    await call('/v1/jobs/batch', { body: { jobs: Array.from({ length: 100 }, () => draft) } });
    await expect.poll(() => slow.requests.length).toBeGreaterThan(20);
    await sleep(3000); // The slow calls are recognized after 2 s.
    const other = await newCaller();
    await other.create({ url: fast.url });
    const startedAt = Date.now();
    await other.submit();
    await expect.poll(() => fast.requests.length, { interval: 20 }).toBe(3);
    expect(Date.now() - startedAt).toBeLessThan(10_000);
    // At most five calls are in progress for longer than 2 s.
    const unfinished = slow.requests.filter(({ at }) => Date.now() - at < 14_000);
    expect(unfinished.length).toBeGreaterThan(0);
  }, 60_000);

  test('whose response is 410 gets nothing more, and the bus an event', async () => {
    const { call, submit, create } = await newCaller();
    const { url, requests } = await receiver(() => ({ status: 410 }));
    const published: unknown[] = [];
    errand.cloud.events.subscribe(errand.cloud.output('Errand', 'BusName'), ({ detail }) =>
      published.push(detail),
    );
    const { id } = await create({ url, states: ['succeeded'] });
    await submit();
    await expect
      .poll(async () => (await call(`/v1/webhooks/${id}`)).body)
      .toMatchObject({
        status: 'disabled',
        disabledReason: 'gone',
        version: 2,
      });
    await expect
      .poll(() => published)
      .toContainEqual(
        expect.objectContaining({
          type: 'errand.webhook.disabled',
          data: { webhookId: id, url, disabledReason: 'gone' },
        }),
      );
    expect(requests).toHaveLength(1);
    expectProblem(await call(`/v1/webhooks/${id}/test`, { method: 'POST' }), 'webhook-disabled');
  });

  test.each([
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['Retry-After', { status: 429, headers: { 'retry-after': '1' } }],
  ] satisfies [string, ReceiverResponse][])(
    'that responds with %s gets the event again',
    async (_, response) => {
      const { submit, create, deliveries } = await newCaller();
      const { url, requests } = await receiver((_request, index) =>
        index === 0 ? response : { status: 200 },
      );
      const { id } = await create({ url, states: ['succeeded'] });
      await submit();
      await expect.poll(() => requests.length).toBe(2);
      const [first, second] = requests;
      const waitedMs = (second?.at ?? 0) - (first?.at ?? 0);
      if ('retry-after' in response.headers) expect(waitedMs).toBeGreaterThanOrEqual(990);
      expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      await expect
        .poll(() => deliveries(id))
        .toMatchObject([{ status: 'delivered', attempts: [{ status: response.status }, { status: 200 }] }]);
    },
  );
});

describe('the owner of a webhook', () => {
  test('replaces the secret while receivers verify with either', async () => {
    const { call, submit, create } = await newCaller();
    const { url, requests } = await receiver();
    const { id, secret } = await create({ url, states: ['succeeded'] });
    const rotated = expectDocumented(
      await call(`/v1/webhooks/${id}/rotate`, { method: 'POST' }),
      'rotateSecret',
    ).body;
    expect(rotated.secret).not.toBe(secret);
    await submit();
    await expect.poll(() => requests.length).toBe(1);
    const [{ headers, body } = { headers: {}, body: '' }] = requests;
    for (const valid of [secret, rotated.secret])
      expect(new Webhook(valid).verify(body, headers as Record<string, string>)).toBeDefined();
    const { body: shown } = await call(`/v1/webhooks/${id}`);
    expect(JSON.stringify(shown)).not.toContain('whsec_');
  });

  test('delivers a test event, and an event again', async () => {
    const { call, submit, create, deliveries } = await newCaller();
    const { url, requests } = await receiver(() => ({ status: 200, body: 'thanks' }));
    const { id } = await create({ url, states: ['succeeded'] });
    const requested = expectDocumented(
      await call(`/v1/webhooks/${id}/test`, { method: 'POST' }),
      'testWebhook',
    );
    expect(requested.status).toBe(202);
    await expect
      .poll(() => deliveries(id))
      .toMatchObject([
        {
          id: requested.body.id,
          type: 'errand.webhook.test',
          status: 'delivered',
          attempts: [{ answer: 'thanks' }],
        },
      ]);
    const job = await submit();
    await expect.poll(() => requests.length).toBe(2);
    await expect.poll(() => deliveries(id, '?status=delivered')).toHaveLength(2);
    const [{ id: deliveryId }] = await deliveries(id);
    const again = await call(`/v1/webhooks/${id}/deliveries/${deliveryId}/redeliver`, { method: 'POST' });
    expect(expectDocumented(again, 'redeliver').status).toBe(202);
    await expect.poll(() => requests.length).toBe(3);
    const since = { since: job.requestedAt, include: 'all' };
    const all = await call(`/v1/webhooks/${id}/redeliver`, { body: since });
    expect(expectDocumented(all, 'redeliverSince').status).toBe(202);
    await expect.poll(() => requests.length).toBe(4);
    const ids = requests.slice(1).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids)).toEqual(new Set([`${job.id}/3`]));
  });

  test('gets what a webhook missed while it was disabled', async () => {
    const { call, submit, create, deliveries } = await newCaller();
    const { url, requests } = await receiver();
    const { id } = await create({ url, states: ['succeeded'] });
    const set = (status: string) => call(`/v1/webhooks/${id}`, { method: 'PATCH', body: { status } });
    await set('disabled');
    await sleep(5500); // The publisher caches webhooks for 5 s.
    const missed = await submit();
    await set('active');
    const request = { since: missed.requestedAt, include: 'missed' };
    const accepted = await call(`/v1/webhooks/${id}/redeliver`, { body: request });
    expect(expectDocumented(accepted, 'redeliverSince').body).toMatchObject({ include: 'missed' });
    await expect.poll(() => requests.length, { timeout: 30_000 }).toBe(1);
    expect(requests[0]?.headers['webhook-id']).toBe(`${missed.id}/3`);
    await expect.poll(() => deliveries(id)).toMatchObject([{ status: 'delivered' }]);
  }, 60_000);

  test('deletes it: nothing more is delivered', async () => {
    const { call, submit, create } = await newCaller();
    const [gone, kept] = [await receiver(() => ({ status: 500 })), await receiver()];
    const { id } = await create({ url: gone.url, states: ['succeeded'] });
    await create({ url: kept.url, states: ['succeeded'] });
    await submit();
    await expect.poll(() => gone.requests.length).toBeGreaterThan(0);
    expect((await call(`/v1/webhooks/${id}`, { method: 'DELETE' })).status).toBe(204);
    expectProblem(await call(`/v1/webhooks/${id}/deliveries`), 'not-found');
    const before = gone.requests.length;
    await sleep(5000); // The webhooks of a tenant are cached for this time.
    await submit();
    await expect.poll(() => kept.requests.length).toBe(2);
    expect(gone.requests.length - before).toBeLessThanOrEqual(1);
  });

  test.each([
    'http://receiver.example/',
    'https://10.0.0.1/',
    'https://169.254.169.254/',
    'receiver.example',
  ])('cannot use %s even where loopback addresses are allowed', async (url) => {
    const { call } = await newCaller();
    expectProblem(await call('/v1/webhooks', { body: { url } }), 'invalid-request');
  });
});

test('a service that does not allow loopback addresses refuses them', async () => {
  const { call } = await startTestErrand();
  for (const url of ['http://127.0.0.1:9/', 'https://127.0.0.1/', 'https://localhost/', 'https://[::1]/'])
    expectProblem(await call('/v1/webhooks', { body: { url } }), 'invalid-request');
});
