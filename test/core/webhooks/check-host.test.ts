import { describe, expect, test } from 'vitest';
import { createWebhook } from '../../../core/webhooks/create-webhook.ts';
import { editWebhook } from '../../../core/webhooks/edit-webhook.ts';
import { testSettings } from '../../support/jobs/test-settings.ts';
import { webhookWorld } from './webhook-world.ts';

type Resolve = (hostname: string) => Promise<readonly string[]>;

function worldWith(resolve: Resolve, allowsLoopbackWebhooks = false) {
  const resolved: string[] = [];
  const world = webhookWorld();
  const names = {
    resolve: (hostname: string) => {
      resolved.push(hostname);
      return resolve(hostname);
    },
  };
  const deps = { ...world.deps, names, settings: testSettings({ allowsLoopbackWebhooks }) };
  const create = (url: string, key?: string) =>
    createWebhook(deps, {
      tenant: 'local',
      description: { url },
      ...(key === undefined ? {} : { idempotency: { key, fingerprint: url } }),
    });
  return { ...world, deps, resolved, create };
}

const isPublic: Resolve = async () => ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'];
const missing: Resolve = async () => Promise.reject(new Error('ENOTFOUND'));
const refused = { slug: 'invalid-request', violations: [{ pointer: '/url' }] };

describe('the host of a new webhook', () => {
  test.each([
    [['10.0.0.5']],
    [['93.184.215.14', '192.168.0.1']],
    [['169.254.169.254']],
    [['127.0.0.1']],
    [['::1']],
    [['64:ff9b::a00:5']],
  ])('is refused if it resolves to %j, and nothing is stored', async (addresses) => {
    const { create, deps } = worldWith(async () => addresses);
    const outcome = await create('https://receiver.example/').catch((error: unknown) => error);
    expect(outcome).toMatchObject({ slug: refused.slug });
    expect(JSON.stringify(outcome)).not.toContain(addresses[0]);
    expect(await deps.webhooks.list('local', 'strong')).toEqual([]);
  });

  test('is accepted without a warning if all of its addresses are public', async () => {
    const { create, resolved } = worldWith(isPublic);
    expect((await create('https://receiver.example/')).warnings).toEqual([]);
    expect(resolved).toEqual(['receiver.example']);
  });

  test('is accepted with a warning if it does not resolve', async () => {
    const { create, deps } = worldWith(missing);
    const { warnings } = await create('https://not-yet.example/');
    expect(warnings).toMatchObject([{ code: 'host-not-resolved', pointer: '/url' }]);
    expect(await deps.webhooks.list('local', 'strong')).toHaveLength(1);
  });

  test('is not resolved if it is an address, or localhost where that is allowed', async () => {
    const { create, resolved } = worldWith(missing, true);
    for (const url of ['https://93.184.215.14/', 'http://localhost:1234/', 'http://127.0.0.1:1234/'])
      expect((await create(url)).warnings).toEqual([]);
    expect(resolved).toEqual([]);
  });

  test('may resolve to a loopback address where that is allowed, and to no other private one', async () => {
    const { create } = worldWith(async (name) => [name.startsWith('here') ? '127.0.0.1' : '10.0.0.1'], true);
    expect((await create('https://here.example/')).warnings).toEqual([]);
    await expect(create('https://there.example/')).rejects.toMatchObject({ slug: 'invalid-request' });
  });

  test('is not resolved again when the request is repeated', async () => {
    let resolve = isPublic;
    const { create, resolved } = worldWith((name) => resolve(name));
    const first = await create('https://receiver.example/', 'a-key');
    resolve = async () => ['10.0.0.5'];
    const second = await create('https://receiver.example/', 'a-key');
    expect(second).toMatchObject({ replayed: true, webhook: { id: first.webhook.id } });
    expect(second.warnings).toBeUndefined();
    expect(resolved).toHaveLength(1);
  });
});

describe('the host of a changed URL', () => {
  test('is checked, and the webhook keeps its URL if that is refused', async () => {
    let resolve = isPublic;
    const { create, deps, resolved } = worldWith((name) => resolve(name));
    const { webhook } = await create('https://receiver.example/');
    const key = { tenant: 'local', webhookId: webhook.id };
    resolve = async () => ['10.0.0.5'];
    const edit = { url: 'https://inside.example/' };
    await expect(editWebhook(deps, { key, edit })).rejects.toMatchObject({ slug: 'invalid-request' });
    expect((await deps.webhooks.get(key))?.url).toBe('https://receiver.example/');
    resolve = missing;
    const { warnings } = await editWebhook(deps, { key, edit });
    expect(warnings).toMatchObject([{ code: 'host-not-resolved' }]);
    expect(resolved).toHaveLength(3);
  });

  test('is not checked without a URL in the edit, or for a webhook that does not exist', async () => {
    const { create, deps, resolved } = worldWith(isPublic);
    const { webhook } = await create('https://receiver.example/');
    const key = { tenant: 'local', webhookId: webhook.id };
    expect((await editWebhook(deps, { key, edit: { description: 'a' } })).warnings).toBeUndefined();
    const absent = { ...key, webhookId: `${webhook.id.slice(0, -1)}f` };
    await expect(
      editWebhook(deps, { key: absent, edit: { url: 'https://other.example/' } }),
    ).rejects.toMatchObject({ slug: 'not-found' });
    expect(resolved).toEqual(['receiver.example']);
  });
});

describe('the maximum number of webhooks', () => {
  test('is not exceeded by requests at the same time, and leaves no secrets of those that were refused', async () => {
    const { create, deps } = worldWith(isPublic);
    for (let index = 0; index < 17; index += 1) await create(`https://receiver.example/${index}`);
    // All requests count before any of them inserts.
    let waiting: Array<() => void> = [];
    const { list } = deps.webhooks;
    let counts = 0;
    const together: typeof list = async (tenant, consistency) => {
      const listed = await list(tenant, consistency);
      counts += 1;
      if (counts <= 6) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 6) for (const go of waiting.splice(0)) go();
        });
      }
      return listed;
    };
    const racing = { ...deps, webhooks: { ...deps.webhooks, list: together } };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) =>
        createWebhook(racing, {
          tenant: 'local',
          description: { url: `https://racing.example/${index}` },
        }),
      ),
    );
    waiting = [];
    const stored = await deps.webhooks.list('local', 'strong');
    expect(stored.length).toBeLessThanOrEqual(20);
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(3);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ slug: 'too-many-webhooks' });
    for (const { id } of stored)
      expect(await deps.webhookSecrets.get({ tenant: 'local', webhookId: id })).toBeDefined();
  });
});
