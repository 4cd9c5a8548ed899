import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Activity, activityFeed } from '../../../bin/control/activity.ts';
import { type ControlClient, findRunning } from '../../../bin/control/control-client.ts';
import { startControl } from '../../../bin/control/start-control.ts';
import { until } from '../../../local/test/fixture/until.ts';

const refuse = (): never => {
  throw new Error('The stack Errand already has it');
};

async function start() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'errand-control-'));
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
  const feed = activityFeed();
  const live = { putFunction: refuse, putJobDefinition: refuse, remove: () => undefined };
  const server = await startControl({ live, feed, dataDirectory, apiUrl: 'http://127.0.0.1:1' });
  onTestFinished(() => server.stop());
  return { dataDirectory, feed, server };
}

async function running(dataDirectory: string): Promise<ControlClient> {
  const client = await findRunning(dataDirectory);
  if (client === undefined) throw new Error('no service was found');
  return client;
}

test('each activity arrives unchanged, whatever characters a line contains', async () => {
  const { dataDirectory, feed } = await start();
  const client = await running(dataDirectory);
  const texts = ['plain', 'a\u2028b\u2029c', 'x\r y\u0000 \u0085', '{"kind":"line"}', 'ë'.repeat(100_000)];
  const activities = client.activity(new AbortController().signal);
  const received: Activity[] = [];
  const reading = (async () => {
    for await (const activity of activities) {
      received.push(activity);
      if (received.length === texts.length) return;
    }
  })();
  await until('the feed is followed', () => feed.isFollowed);
  for (const text of texts) feed.publish({ kind: 'line', source: 'f', text });
  await reading;
  expect(received.map((activity) => activity.kind === 'line' && activity.text)).toEqual(texts);
});

test('the activity ends when the reader aborts, and when the service stops', async () => {
  const { dataDirectory, feed, server } = await start();
  const client = await running(dataDirectory);
  const aborting = new AbortController();
  const readAll = async (signal: AbortSignal) => {
    for await (const _ of client.activity(signal)) void _;
    return 'ended';
  };
  const aborted = readAll(aborting.signal);
  await until('the feed is followed', () => feed.isFollowed);
  aborting.abort();
  expect(await aborted).toBe('ended');

  const stopped = readAll(new AbortController().signal);
  await until('the feed is followed', () => feed.isFollowed);
  await server.stop();
  expect(await stopped).toBe('ended');
  expect(await findRunning(dataDirectory)).toBeUndefined();
});

test('a function that cannot run is refused with the reason', async () => {
  const { dataDirectory } = await start();
  const client = await running(dataDirectory);
  const body = {
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    directory: '/nowhere',
    memoryMegabytes: 128,
    timeoutSeconds: 3,
    environment: {},
  };
  await expect(client.putFunction('f', body)).rejects.toThrow('The stack Errand already has it');
});
