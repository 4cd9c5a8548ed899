import { describe, expect, test } from 'vitest';
import type { NewWebhook } from '../../../../core/contract/schemas/webhook-schemas.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import type { RedeliveryMessage } from '../../../../core/ports/webhooks/webhook-queue.ts';
import { editWebhook } from '../../../../core/webhooks/edit-webhook.ts';
import { redeliverSince } from '../../../../core/webhooks/redeliver-since.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';
import { eventIds, webhookWorld } from '../webhook-world.ts';

const since = new Date(someTime).toISOString();

/** A world with a webhook that is disabled, and the time at which jobs of the tests ended. */
async function worldWithDisabled(description: Partial<NewWebhook> = {}) {
  const world = webhookWorld();
  const { id: webhookId } = await world.create(description);
  const key = { tenant: 'local', webhookId };
  const { deps } = world;
  const set = (status: 'active' | 'disabled') => editWebhook(deps, { key, edit: { status } });
  await set('disabled');
  const publishJob = (index: number, given: Partial<Job> = {}) =>
    world.publishLogged(endedJob('succeeded', { id: jobIdAt(someTime + index), ...given }));
  const redeliver = (include: 'failed' | 'missed' | 'all', request = { since, include }) =>
    redeliverSince(deps, { key, request });
  /** Processes all messages, one after the other; the pages of a repetition twice. */
  const processAll = async () => {
    const pages = new Set<string>();
    for (let messages = deps.webhookQueue.take(); messages.length > 0; messages = deps.webhookQueue.take())
      for (const message of messages) {
        if (message.kind === 'redelivery' && !pages.has(JSON.stringify(message)))
          await world.process([message]);
        pages.add(JSON.stringify(message));
        expect(await world.process([message])).toEqual([]);
      }
  };
  const idsOf = (index: number) => [1, 2].map((sequence) => `${jobIdAt(someTime + index)}/${sequence}`);
  return { ...world, key, set, publishJob, redeliver, processAll, idsOf };
}

describe('a webhook that was disabled', () => {
  test('gets what it missed on request after it is enabled, and nothing twice', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, processAll, idsOf, requests } = world;
    await set('active');
    await publishJob(1);
    await processAll();
    expect(eventIds(requests)).toEqual(idsOf(1));
    await set('disabled');
    await publishJob(2);
    await publishJob(3);
    await processAll();
    await set('active');
    await publishJob(4);
    await processAll();
    expect(eventIds(requests)).toEqual([...idsOf(1), ...idsOf(4)]);
    await redeliver('missed');
    expect(world.deps.webhookQueue.sent).toMatchObject([{ delaySeconds: 10 }]);
    await processAll();
    expect(eventIds(requests)).toEqual([1, 4, 2, 3].flatMap(idsOf));
    await redeliver('missed');
    await processAll();
    expect(requests).toHaveLength(8);
    const deliveries = await world.listed(world.key.webhookId);
    expect(deliveries.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 'delivered'));
  });

  test('gets no event from before the time for which deliveries are kept: it may have been delivered', async () => {
    const { set, redeliver, deps, advance } = await worldWithDisabled();
    await set('active');
    advance(60 * 86_400_000);
    const { since: asked } = await redeliver('missed');
    expect(asked).toBe(someTime);
    expect(deps.webhookQueue.take()).toMatchObject([{ since: deps.clock.now() - 29 * 86_400_000 }]);
  });

  test('gets with all what it missed too, and with failed only what failed', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, processAll, idsOf, requests } = world;
    await publishJob(1);
    await set('active');
    await redeliver('failed');
    await processAll();
    expect(requests).toEqual([]);
    await redeliver('all');
    await processAll();
    expect(eventIds(requests)).toEqual(idsOf(1));
  });

  test('gets only the missed events that match its filters when they occurred', async () => {
    const world = await worldWithDisabled({
      states: ['succeeded'],
      services: ['echo', 'other'],
      tags: ['a', 'b'],
    });
    const { set, publishJob, redeliver, processAll, requests, deps } = world;
    await publishJob(1, { tags: ['b'] });
    await publishJob(2, { tags: ['c'] });
    await publishJob(3, { tags: ['a'], service: { name: 'third', version: '1.0.0' } });
    await publishJob(4, { tags: ['a', 'c'], service: { name: 'other', version: '1.0.0' } });
    // The tag was removed after the event.
    const stored = await deps.jobs.get({ tenant: 'local', jobId: jobIdAt(someTime + 1) });
    if (stored === undefined) throw new Error('the job is missing');
    await deps.jobs.replace({ ...stored, tags: [], version: stored.version + 1 }, stored.version);
    await set('active');
    await redeliver('missed');
    await processAll();
    expect(eventIds(requests)).toEqual([1, 4].map((index) => `${jobIdAt(someTime + index)}/2`));
  });

  test('gets many missed events page by page, each once although each page is processed twice', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, processAll, requests } = world;
    for (let index = 0; index < 250; index += 1) await publishJob(index);
    await set('active');
    await redeliver('missed');
    await processAll();
    expect(requests).toHaveLength(500);
    expect(new Set(eventIds(requests)).size).toBe(500);
  });

  test('gets the missed events since the given time, also if they were logged much later', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, processAll, requests, idsOf, advance } = world;
    await publishJob(1);
    advance(3_600_000);
    await publishJob(5000);
    await set('active');
    await redeliver('missed', { since: new Date(someTime + 2000).toISOString(), include: 'missed' });
    await processAll();
    expect(eventIds(requests)).toEqual(idsOf(5000));
  });

  test('gets nothing of what happens more than a minute after the request, which it gets anyway', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, processAll, requests, idsOf, deps, time } = world;
    await publishJob(1);
    await set('active');
    const { until } = await redeliver('missed');
    const messages = deps.webhookQueue.take();
    await set('disabled');
    await publishJob(until - someTime + 30_000);
    await publishJob(until - someTime + 90_000);
    await set('active');
    time.now = until + 120_000;
    await deps.webhookQueue.send(messages.map((message) => ({ message })));
    await processAll();
    expect(eventIds(requests)).toEqual([...idsOf(1), ...idsOf(until - someTime + 30_000)]);
  });

  test('gets nothing if it is disabled again before the request is processed', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, processAll, requests } = world;
    await publishJob(1);
    await set('active');
    await redeliver('missed');
    await set('disabled');
    await processAll();
    expect(requests).toEqual([]);
  });

  test('gets what the event log still contains when entries expire between two pages', async () => {
    const world = await worldWithDisabled();
    const { set, publishJob, redeliver, process, processAll, requests, deps, advance } = world;
    for (let index = 0; index < 120; index += 1) await publishJob(index);
    advance(10 * 86_400_000);
    await publishJob(200_000);
    await set('active');
    await redeliver('missed');
    await process(deps.webhookQueue.take());
    advance(25 * 86_400_000);
    deps.eventLog.removeExpired(world.time.now);
    await processAll();
    expect(eventIds(requests)).toContain(`${jobIdAt(someTime + 200_000)}/1`);
  });
});

test('a request for missed events is refused in a deployment without an event log, and all leaves them out', async () => {
  const world = await worldWithDisabled();
  const { deps, key, set, publishJob } = world;
  await publishJob(1);
  await set('active');
  const off = { ...deps, settings: testSettings({ eventLogDays: 0 }) };
  const request = (include: 'missed' | 'all') => redeliverSince(off, { key, request: { since, include } });
  await expect(request('missed')).rejects.toMatchObject({ slug: 'invalid-request' });
  await request('all');
  expect(off.webhookQueue.take()).toMatchObject([{ kind: 'redelivery', include: 'all' }]);
  const message: RedeliveryMessage = {
    kind: 'redelivery',
    ...key,
    requestId: 'a',
    since: 0,
    until: 1,
    include: 'missed',
  };
  expect(await world.process([message], off)).toEqual([]);
  expect(off.webhookQueue.take()).toEqual([]);
});
