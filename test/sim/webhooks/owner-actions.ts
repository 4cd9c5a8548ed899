import { deleteWebhook } from '../../../core/webhooks/delete-webhook.ts';
import { editWebhook } from '../../../core/webhooks/edit-webhook.ts';
import { getWebhook } from '../../../core/webhooks/get-webhook.ts';
import { listDeliveries } from '../../../core/webhooks/list-deliveries.ts';
import { redeliver } from '../../../core/webhooks/redeliver.ts';
import { redeliverSince } from '../../../core/webhooks/redeliver-since.ts';
import { rotateSecret } from '../../../core/webhooks/rotate-secret.ts';
import { testWebhook } from '../../../core/webhooks/test-webhook.ts';
import { someTime } from '../../support/jobs/jobs.ts';
import { anyFilter, anyUrl } from './any-webhook.ts';
import type { Owner } from './owner.ts';
import type { Weighted } from './weighted.ts';

/** What an owner does with its webhook. */
type Action = (owner: Owner) => Promise<void>;

export const ownerActions: ReadonlyArray<Weighted<Action>> = [
  [20, rotate],
  [14, move],
  [10, filter],
  [20, disableOrEnable],
  [10, test],
  [10, repeatOne],
  [10, repeatSince],
  [6, remove],
];

/** Of an owner who returns days later. */
export const rareActions: ReadonlyArray<Weighted<Action>> = [
  [45, test],
  [35, enable],
  [10, repeatSince],
  [10, rotate],
];

async function rotate({ request, key }: Owner): Promise<void> {
  await request((ports) => rotateSecret(ports, key));
}

/** Some receivers are gone a moment before their owner replaces them. */
async function move({ request, random, time, receivers, key, path }: Owner): Promise<void> {
  const current = random.happens(0.5) ? await request((ports) => getWebhook(ports, key)) : undefined;
  if (current !== undefined) receivers.retire(current.url);
  await time.sleep(random.whole(0, 15_000));
  const edit = { url: anyUrl(random, key.tenant, path) };
  await request((ports) => editWebhook(ports, { key, edit }));
}

async function filter({ request, random, key }: Owner): Promise<void> {
  const edit = anyFilter(random);
  await request((ports) => editWebhook(ports, { key, edit }));
}

/** A webhook that was disabled by any cause is enabled. */
async function disableOrEnable(owner: Owner): Promise<void> {
  const { request, random, key, time } = owner;
  const current = await request((ports) => getWebhook(ports, key));
  if (current === undefined) return;
  const status = current.status === 'active' ? 'disabled' : 'active';
  await request((ports) => editWebhook(ports, { key, edit: { status } }));
  if (status === 'active' || random.happens(0.2)) return;
  await time.sleep(random.whole(0, 3_600_000));
  await enable(owner);
}

async function enable({ request, key }: Owner): Promise<void> {
  await request((ports) => editWebhook(ports, { key, edit: { status: 'active' } }));
}

async function test({ request, ledger, key: { tenant, webhookId } }: Owner): Promise<void> {
  const called = ledger.moment();
  const deliveryId = await request((ports) => testWebhook(ports, { tenant, webhookId }));
  if (deliveryId === undefined) return;
  ledger.requests.push({ kind: 'test', webhookId, deliveryId, called, served: ledger.moment() });
}

async function repeatOne({ request, random, ledger, key }: Owner): Promise<void> {
  const page = await request((ports) => listDeliveries(ports, { key, limit: 20 }));
  const chosen = page?.deliveries[random.whole(0, page.deliveries.length - 1)];
  if (chosen === undefined) return;
  const { webhookId } = key;
  const called = ledger.moment();
  const served = await request(async (ports) => {
    await redeliver(ports, { ...key, deliveryId: chosen.id });
    return true;
  });
  if (served === undefined) return;
  ledger.requests.push({
    kind: 'redeliver',
    webhookId,
    deliveryId: chosen.id,
    called,
    served: ledger.moment(),
  });
}

async function repeatSince({ request, random, time, ledger, key }: Owner): Promise<void> {
  const since = random.happens(0.6) ? someTime : time.now() - random.whole(0, 3_600_000);
  const input = {
    since: new Date(since).toISOString(),
    include: random.happens(0.5) ? 'failed' : random.happens(0.5) ? 'all' : 'missed',
  } as const;
  const called = ledger.moment();
  const message = await request((ports) => redeliverSince(ports, { key, request: input }));
  if (message === undefined) return;
  const { webhookId } = key;
  ledger.requests.push({ kind: 'redeliver-since', webhookId, message, called, served: ledger.moment() });
}

async function remove({ request, ledger, key }: Owner): Promise<void> {
  const called = ledger.moment();
  const served = await request(async (ports) => {
    await deleteWebhook(ports, key);
    return true;
  });
  if (served === undefined) return;
  ledger.requests.push({ kind: 'delete', webhookId: key.webhookId, called, served: ledger.moment() });
}
