import { describe, expect, test } from 'vitest';
import { cachedActiveWebhooks } from '../../../../core/webhooks/delivery/active-webhooks.ts';
import { sendToWebhooks } from '../../../../core/webhooks/delivery/send-to-webhooks.ts';
import { editWebhook } from '../../../../core/webhooks/edit-webhook.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { aJob, endedJob } from '../../../support/jobs/jobs.ts';
import { webhookWorld } from '../webhook-world.ts';

const change = (tenant = 'local') => ({
  position: `of ${tenant}`,
  after: { ...endedJob('succeeded'), tenant },
});

describe('sendToWebhooks', () => {
  test('requests a delivery for each new transition and each webhook whose filters it matches', async () => {
    const { deps, create } = webhookWorld();
    const [every, failures] = [await create(), await create({ states: ['failed'] })];
    await create({}, 'another');
    const before = aJob();
    expect(await sendToWebhooks(deps, [{ position: '1', before, after: executingJob() }])).toEqual([]);
    expect(deps.webhookQueue.take()).toMatchObject([
      { kind: 'attempt', tenant: 'local', webhookId: every.id, round: 0, number: 1 },
    ]);
    await sendToWebhooks(deps, [{ position: '2', before, after: endedJob('failed') }]);
    const requested = deps.webhookQueue.take().map(({ webhookId }) => webhookId);
    expect(requested.toSorted()).toEqual([every.id, failures.id].toSorted());
  });

  test('requests nothing for a disabled webhook and for a change without a transition', async () => {
    const { deps, create } = webhookWorld();
    const { id: webhookId } = await create();
    await sendToWebhooks(deps, [{ position: '1', before: aJob(), after: { ...aJob(), version: 2 } }]);
    await editWebhook(deps, { key: { tenant: 'local', webhookId }, edit: { status: 'disabled' } });
    await sendToWebhooks(deps, [change()]);
    expect(deps.webhookQueue.sent).toEqual([]);
  });

  test('requests the same deliveries when a batch is processed twice', async () => {
    const { deps, create } = webhookWorld();
    await create();
    await sendToWebhooks(deps, [change()]);
    const first = deps.webhookQueue.take();
    await sendToWebhooks(deps, [change()]);
    expect(deps.webhookQueue.take()).toEqual(first);
  });

  test('returns the changes whose deliveries could not be requested, and no other', async () => {
    const { deps, create } = webhookWorld();
    await create();
    deps.webhookQueue.refuse(true);
    expect(await sendToWebhooks(deps, [change('another'), change()])).toEqual(['of local']);
  });

  test('returns the changes of a tenant whose webhooks could not be read, and no other', async () => {
    const { deps, create } = webhookWorld();
    await create();
    const activeWebhooks = (tenant: string) =>
      tenant === 'another' ? Promise.reject(new Error('throttled')) : deps.activeWebhooks(tenant);
    const failed = await sendToWebhooks({ ...deps, activeWebhooks }, [change('another'), change()]);
    expect(failed).toEqual(['of another']);
    expect(deps.webhookQueue.sent).toHaveLength(2);
  });
});

describe('cachedActiveWebhooks', () => {
  function counted() {
    const { deps, time, create } = webhookWorld();
    const reads: string[] = [];
    const list: typeof deps.webhooks.list = (tenant, consistency) => {
      reads.push(`${tenant} ${consistency}`);
      return deps.webhooks.list(tenant, consistency);
    };
    return { active: cachedActiveWebhooks({ list }, deps.clock), reads, time, create, deps, list };
  }

  test('reads the webhooks of a tenant once in five seconds, also if there are none', async () => {
    const { active, reads, time, create } = counted();
    await Promise.all([active('local'), active('local'), active('another')]);
    await create();
    time.now += 4999;
    expect(await active('local')).toEqual([]);
    expect(reads).toEqual(['local eventual', 'another eventual']);
    time.now += 1;
    expect(await active('local')).toHaveLength(1);
  });

  test('reads again after a failure', async () => {
    const { deps } = counted();
    let fails = true;
    const list: typeof deps.webhooks.list = (...input) =>
      fails ? Promise.reject(new Error('throttled')) : deps.webhooks.list(...input);
    const active = cachedActiveWebhooks({ list }, deps.clock);
    await expect(active('local')).rejects.toThrow('throttled');
    fails = false;
    expect(await active('local')).toEqual([]);
  });

  test('remembers at most 1,000 tenants', async () => {
    const { active, reads } = counted();
    for (let index = 0; index <= 1000; index += 1) await active(`tenant-${index}`);
    await active('tenant-1000');
    expect(reads).toHaveLength(1001);
    await active('tenant-0');
    expect(reads).toHaveLength(1002);
  });
});
