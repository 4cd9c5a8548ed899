import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { countLeases } from '../../support/local-service/count-leases.ts';
import { submitJob } from '../../support/local-service/ended-job.ts';
import { type OpenStream, openStream } from '../../support/local-service/event-stream.ts';
import { callApi, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
const limit = 50;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
  const body = { parameters: { type: 'object' }, dispatcher };
  expect((await asOther('/v1/services/echo/versions/1.0.0', { method: 'PUT', body })).status).toBe(201);
});
afterAll(() => errand?.end());

const asOther: TestErrand['call'] = (path, call) =>
  callApi({ url: errand.url, apiKey: other.holder.key }, path, call);

const leaseCount = async () => (await countLeases(errand)).own;

/** A stream that has its slot, which it takes at its first read. */
async function followed(jobId: string): Promise<OpenStream> {
  const stream = await openStream(errand, `/v1/jobs/${jobId}/events`);
  expect(stream.status).toBe(200);
  await stream.events[Symbol.asyncIterator]().next();
  return stream;
}

test('fifty clients that close their streams leave the slots to the long polls of their tenant', async () => {
  const sleeping = { service: 'echo', parameters: { sleepSeconds: 120 } };
  const job = await submitJob(errand, sleeping);
  const foreignJob = await submitJob({ call: asOther }, sleeping);
  const poll = async (call: TestErrand['call'], id: string, seconds: number) => {
    const response = await call(`/v1/jobs/${id}`, { headers: { prefer: `wait=${seconds}` } });
    return response.headers.get('preference-applied') ?? undefined;
  };
  const meanwhile = poll(asOther, foreignJob.id, 12);
  const streams: OpenStream[] = [];
  // Fifty at once are more than a busy machine serves within the time limits of the SDK.
  while (streams.length < limit)
    streams.push(...(await Promise.all(Array.from({ length: 10 }, () => followed(job.id)))));
  await until('every stream has its slot', async () => (await leaseCount()) === limit);
  expect(await poll(errand.call, job.id, 1.5)).toBeUndefined();
  expect(await poll(asOther, foreignJob.id, 1.5)).toBe('wait=1.5');
  for (const stream of streams) stream.leave();
  const paused = await until('a long poll waits again', () => poll(errand.call, job.id, 1.5));
  expect(paused).toBe('wait=1.5');
  await until('every slot is free', async () => (await leaseCount()) === 0);
  expect(await poll(asOther, foreignJob.id, 1.5)).toBe('wait=1.5');
  expect(await meanwhile).toBe('wait=12');
});
