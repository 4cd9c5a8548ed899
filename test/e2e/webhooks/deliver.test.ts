import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { startReceiver } from '../../support/webhooks/receiver.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startOwnErrand({ allowLoopbackWebhooks: true, webhookDelayScale: 0.01 });
});
afterAll(() => errand?.end());

test('delivers the events of a job, signed', async () => {
  const receiver = await startReceiver();
  const created = await errand.call('/v1/webhooks', { body: { url: receiver.url } });
  expect(created.body).toMatchObject({ status: 'active' });
  expect(created.status).toBe(201);
  const job = await errand.call('/v1/jobs', { body: { service: 'echo' }, headers: { prefer: 'wait=20' } });
  expect(job.body.status).toBe('succeeded');
  await expect.poll(() => receiver.requests.length).toBe(3);
  const webhook = new Webhook(created.body.secret);
  for (const { headers, body } of receiver.requests)
    expect(webhook.verify(body, headers as Record<string, string>)).toMatchObject({ subject: job.body.urn });
  await receiver.stop();
});
