import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { startReceiver } from '../../support/webhooks/receiver.ts';

/** A message is received again after the timeout of its function, instead of six times as long. */
const shortVisibility: AssemblyChange = ({ resources }) => {
  const queues = Object.entries(resources.Errand).filter(([id]) => id.startsWith('WebhooksQueue'));
  const [, queue] = queues.find(([, { Type }]) => Type === 'AWS::SQS::Queue') ?? [];
  if (queue === undefined) throw new Error('there is no queue of webhook messages');
  queue.Properties['VisibilityTimeout'] = 30;
};

let errand: TestErrand;
beforeAll(async () => {
  errand = await startChangedErrand([shortVisibility], {
    allowLoopbackWebhooks: true,
    webhookDelayScale: 0.001,
  });
});
afterAll(() => errand?.end());

test('an event is delivered although the function is killed between the request and its record', async () => {
  let kill = true;
  const receiver = await startReceiver(() => {
    // The first request arrives, and its response does not.
    if (kill) errand.cloud.lambda.killFunction('errand-deliver-webhook');
    kill = false;
    return { status: 200, delayMs: 500 };
  });
  try {
    const { body } = await errand.call('/v1/webhooks', {
      body: { url: receiver.url, states: ['succeeded'] },
    });
    const { body: job } = await errand.call('/v1/jobs', {
      body: { service: 'echo' },
      headers: { prefer: 'wait=20' },
    });
    const deliveries = async () => (await errand.call(`/v1/webhooks/${body.id}/deliveries`)).body.items;
    await until('the delivery', async () => (await deliveries()).length === 1, 90_000);
    expect(await deliveries()).toMatchObject([{ eventId: `${job.id}/3`, status: 'delivered' }]);
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([`${job.id}/3`, `${job.id}/3`]);
  } finally {
    await receiver.stop();
  }
}, 120_000);
