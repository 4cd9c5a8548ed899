import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerExamples } from '../../../bin/register-examples.ts';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { inParallel } from '../../../core/std/in-parallel.ts';
import { seededRandom } from '../../../local/seeded-random.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { type KillPoint, killableService } from '../../soak/killable-service.ts';
import { soakClient } from '../../soak/soak-client.ts';
import { accessFile } from '../../support/bus/bus-queue.ts';
import { type BusReceiver, receiveFromBus } from '../../support/bus/bus-receiver.ts';
import { type Receiver, startReceiver } from '../../support/webhooks/receiver.ts';

const jobCount = 10_000;
const jobsPerBatch = 100;
const batchesAtOnce = 2;
const failedShare = 0.3;
/** A delivery has ten attempts: with 30,000 events, one would fail them all in every sixth run. */
const maxFailuresOfEvent = 8;

/** Where the service kills itself, when so many of the jobs are accepted; without a point, it is killed at any moment. */
const kills: ReadonlyArray<{ readonly share: number; readonly point?: KillPoint }> = [
  { share: 0.1 },
  // The events are in the log, and not on the bus.
  { share: 0.3, point: { functionName: 'errand-publish-events', service: 'events', action: 'PutEvents' } },
  // The events are in the log, and webhooks get none of them.
  {
    share: 0.5,
    point: { functionName: 'errand-publish-events', service: 'sqs', action: 'SendMessageBatch' },
  },
  // The receiver has responded, and its response is not recorded.
  { share: 0.7, point: { functionName: 'errand-deliver-webhook', service: 'dynamodb', action: 'PutItem' } },
  { share: 1 },
];

const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-killed-publisher-'));
const apiKey = `ek_${randomBytes(24).toString('base64url')}`;
const program = new URL('../../soak/fixture/delivering-service.ts', import.meta.url).pathname;
const service = killableService({ dataDirectory, apiKey, program });
const over = new AbortController();
const client = soakClient({ url: service.url, apiKey, over: over.signal });

let bus: BusReceiver;
let receiver: Receiver;
/** How often the receiver accepted each event, by its ID. */
const delivered = new Map<string, number>();
const jobIds = new Set<string>();
/** The events in the logs of the jobs. */
let expected: ReadonlySet<string>;

beforeAll(async () => {
  await service.start();
  await registerExamples({ url: service.url(), apiKey });
  receiver = await startFlakyReceiver();
  bus = receiveFromBus(join(dataDirectory, accessFile));
  await client.persist('/v1/webhooks', { body: { url: receiver.url } }, [201]);
  const submitting = submitAll();
  for (const { share, point } of kills) {
    await until('jobs are accepted', () => jobIds.size >= jobCount * share, 1_500_000);
    await (point === undefined ? service.kill() : service.killAt(point));
    await service.start();
  }
  await submitting;
  await untilTrue('all jobs end', haveAllEnded);
  expected = await readEventIds();
  const haveAll = (ids: ReadonlyMap<string, number>) => [...expected].every((id) => ids.has(id));
  await untilTrue('all events arrive', async () => haveAll(bus.received) && haveAll(delivered));
}, 3_600_000);

afterAll(async () => {
  over.abort();
  await bus?.stop();
  await service.end();
  await receiver?.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** A receiver that refuses calls at random, but no event so often that no attempt is left. */
async function startFlakyReceiver(): Promise<Receiver> {
  const random = seededRandom(14);
  const failures = new Map<string, number>();
  return startReceiver(({ headers }) => {
    const id = String(headers['webhook-id']);
    const failed = failures.get(id) ?? 0;
    if (random() < failedShare && failed < maxFailuresOfEvent) {
      failures.set(id, failed + 1);
      return { status: 500 };
    }
    delivered.set(id, (delivered.get(id) ?? 0) + 1);
    return { status: 204 };
  });
}

/** A batch whose response a kill interrupted is sent again, with the same key. */
async function submitAll(): Promise<void> {
  const jobs = Array.from({ length: jobsPerBatch }, () => ({ service: 'echo' }));
  await inParallel(Array.from({ length: jobCount / jobsPerBatch }), batchesAtOnce, async (_, batch) => {
    const request = { body: { jobs }, headers: { 'idempotency-key': `batch-${batch}` } };
    const { body } = await client.persist('/v1/jobs/batch', request, [200, 202]);
    for (const { job } of body.items) jobIds.add(job.id);
  });
}

/** Checks once a second, since each check takes a moment; the other tests of the machine may run meanwhile. */
function untilTrue(what: string, condition: () => Promise<boolean>): Promise<boolean> {
  const check = async () => {
    await sleep(1000);
    return condition();
  };
  return until(what, check, 1_500_000);
}

async function haveAllEnded(): Promise<boolean> {
  const { body } = await client.persist('/v1/jobs?status=pending,executing&limit=1', {}, [200]);
  return body.items.length === 0;
}

/** The IDs of all events in the jobs' own logs. Throws if a log has a gap, or does not end with the end of its job. */
async function readEventIds(): Promise<ReadonlySet<string>> {
  const ids = await inParallel([...jobIds], 8, async (jobId) => {
    const { body } = await client.persist(`/v1/jobs/${jobId}/events`, {}, [200]);
    const events: readonly JobEvent[] = body.items;
    expect(events.at(-1)?.type).toBe('errand.job.succeeded');
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => `${jobId}/${index + 1}`));
    return events.map(({ id }) => id);
  });
  return new Set(ids.flat());
}

/** The IDs of all events in the event log of the tenant, in their order. */
async function loggedIds(): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after = ''; ; ) {
    const { body } = await client.persist(`/v1/events?limit=1000${after}`, {}, [200]);
    ids.push(...body.items.map(({ id }: JobEvent) => id));
    if (body.items.length === 0) return ids;
    after = `&after=${encodeURIComponent(body.position)}`;
  }
}

describe(`the events of ${jobCount} jobs, during which the service is killed ${kills.length} times,`, () => {
  test('are those of the submitted jobs, at least three of each', () => {
    expect(jobIds.size).toBe(jobCount);
    expect(expected.size).toBeGreaterThanOrEqual(3 * jobCount);
  });

  test('are in the event log, each once', async () => {
    const logged = await loggedIds();
    expect(new Set(logged).size).toBe(logged.length);
    expect(new Set(logged)).toEqual(expected);
  }, 120_000);

  test('reach the target of a rule on the bus', () => {
    expect(new Set(bus.received.keys())).toEqual(expected);
  });

  test('reach a webhook receiver that fails 30 % of the calls', () => {
    const calls = receiver.requests.length;
    const accepted = delivered.values().reduce((sum, count) => sum + count, 0);
    expect(new Set(delivered.keys())).toEqual(expected);
    expect((calls - accepted) / calls).toBeGreaterThan(0.25);
    expect((calls - accepted) / calls).toBeLessThan(0.35);
  });
});
