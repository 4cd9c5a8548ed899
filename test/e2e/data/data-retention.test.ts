import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, reconcileNow, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import {
  type PausedService,
  pausedFunctionName,
  startPausedService,
} from '../../support/local-service/paused-service.ts';
import { uploadedData } from './uploaded-data.ts';

const days = 2;
const retentionMs = days * 86_400_000;
const bytes = Buffer.from('content');

let paused: PausedService;
let errand: TestErrand;
beforeAll(async () => {
  paused = await startPausedService();
  errand = await startChangedErrand([
    paused.change,
    ({ resources }) => {
      const variables = Object.values(resources.Errand).flatMap(
        ({ Properties }) => Properties?.['Environment']?.Variables ?? [],
      );
      const creating = variables.filter((one) => 'DATA_RETENTION_DAYS' in one);
      expect(creating).toHaveLength(2);
      for (const one of creating) one.DATA_RETENTION_DAYS = String(days);
    },
  ]);
  const body = {
    parameters: {},
    dispatcher: { kind: 'lambda', functionName: pausedFunctionName },
    outputs: { plot: {} },
  };
  const service = await errand.call('/v1/services/plotter/versions/1.0.0', { method: 'PUT', body });
  expect(service.status).toBe(201);
});
afterAll(async () => {
  await errand?.end();
  await paused?.stop();
});

const call: TestErrand['call'] = (path, options) => errand.call(path, options);

async function dataOf(id: string) {
  return expectDocumented(await call(`/v1/data/${id}`), 'getData').body;
}

/** The time from the creation of a data object to its expiry. */
function lifetimeOf({ createdAt, expiresAt }: { readonly createdAt: string; readonly expiresAt: string }) {
  return Date.parse(expiresAt) - Date.parse(createdAt);
}

test('with a retention of data, uploads and outputs expire after it, and PATCH removes or changes the expiry', async () => {
  const uploaded = await uploadedData(call, bytes);
  const { id: jobId } = await submitJob(errand, { service: 'plotter' });
  const attempt = await paused.invocation(jobId);
  const headers = { authorization: `Bearer ${attempt.worker.token}` };
  const asWorker = (path: string, options: object) =>
    call(`${attempt.worker.url.slice(errand.url.length)}${path}`, { headers, withKey: false, ...options });
  const { body: output } = await asWorker('/outputs/plot', {
    body: { name: 'plot.svg', sizeBytes: bytes.length },
  });
  const { url, headers: signed } = output.upload;
  expect((await fetch(url, { method: 'PUT', headers: signed, body: Uint8Array.from(bytes) })).status).toBe(
    200,
  );
  await asWorker(`/outputs/plot/${output.id}/complete`, { method: 'POST' });
  attempt.finish(null);
  expect(await endedJob(errand, jobId)).toMatchObject({ status: 'succeeded' });

  for (const id of [uploaded.id, output.id]) {
    const lifetime = lifetimeOf(await dataOf(id));
    expect(lifetime).toBeGreaterThanOrEqual(retentionMs);
    expect(lifetime).toBeLessThan(retentionMs + 60_000);
  }
  const { body: list } = await call(`/v1/data?id=${uploaded.id}`);
  expect(list.items[0].expiresAt).toBe(uploaded.expiresAt);

  const patch = { method: 'PATCH', body: { expiresAt: null } };
  expect((await call(`/v1/data/${uploaded.id}`, patch)).body).not.toHaveProperty('expiresAt');
  expect(await dataOf(uploaded.id)).not.toHaveProperty('expiresAt');

  const expiresAt = new Date(Date.now() + 1000).toISOString();
  await call(`/v1/data/${output.id}`, { method: 'PATCH', body: { expiresAt } });
  const gone = await until('the output has expired', async () => {
    reconcileNow(errand.cloud);
    const response = await call(`/v1/data/${output.id}`);
    return response.status === 200 ? undefined : response;
  });
  expect(gone).toMatchObject({ status: 410, body: { by: 'expiry' } });
  expect((await dataOf(uploaded.id)).status).toBe('available');
});
