import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CallRecord } from '../../../local/gateway/call-record.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { maxHeldCalls } from '../../support/local-service/assembly-changes.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { countLeases } from '../../support/local-service/count-leases.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import type { ApiResponse, Call, TestErrand } from '../../support/local-service/local-errand.ts';
import { registerService, withFunctions } from '../../support/local-service/service-functions.ts';

const other = newTenant();
const limit = 2;
const wait = { prefer: 'wait=20' };
/** Of a separate function: an aborted Lambda job continues to run and would delay other jobs. */
const running = { service: 'slow', parameters: {} };
const slow = `export const handler = () => new Promise((resolve) => setTimeout(resolve, 40_000));`;

let errand: TestErrand;
const calls: CallRecord[] = [];
beforeAll(async () => {
  const functions = withFunctions({ 'errand-service-slow': { module: slow } });
  errand = await startChangedErrand([maxHeldCalls(limit), functions], {
    recorder: (call) => calls.push(call),
  });
  await registerService(errand, 'slow', { functionName: 'errand-service-slow' });
  await addKey(errand.cloud, other.holder);
});
afterEach(() => errand.cloud.faults.clear());
afterAll(() => errand?.end());

/** The current number of leases of the tenant. */
async function leases(tenant = errand.tenant): Promise<number> {
  return (await countLeases({ ...errand, tenant })).own;
}

/** Opens as many long polls for running jobs as the tenant may; `letGo` aborts their jobs. */
async function holdAll(): Promise<{
  letGo(): Promise<readonly ApiResponse[]>;
  readonly ids: readonly string[];
}> {
  const jobs = await Promise.all(Array.from({ length: limit }, () => submitJob(errand, running)));
  const ids = jobs.map(({ id }) => id);
  const paused = ids.map((id) => errand.call(`/v1/jobs/${id}`, { headers: wait }));
  await until('every call waits', async () => (await leases()) === limit);
  const letGo = async () => {
    await Promise.all(ids.map((id) => abort(id)));
    const responses = await Promise.all(paused);
    await until('every lease is released', async () => (await leases()) === 0);
    return responses;
  };
  return { letGo, ids };
}

function abort(id: string, call: Call = {}) {
  return errand.call(`/v1/jobs/${id}/abort`, { method: 'POST', ...call });
}

/** The long polls of the job, each on its operation. */
function holding(id: string): ReadonlyArray<readonly [string, () => Promise<ApiResponse>]> {
  const headers = { ...wait };
  return [
    ['submitJob', () => errand.call('/v1/jobs', { body: running, headers })],
    ['getJob', () => errand.call(`/v1/jobs/${id}`, { headers })],
    ['getJob', () => errand.call(`/v1/jobs/${id}`, { headers: { ...headers, 'if-none-match': '*' } })],
    ['getResult', () => errand.call(`/v1/jobs/${id}/result`, { headers })],
  ];
}

describe('above the limit of long polls,', () => {
  test('every call that would wait gets a response immediately, without Preference-Applied', async () => {
    const ended = await endedJob(errand, (await submitJob(errand, { service: 'echo' })).id);
    const { letGo, ids } = await holdAll();
    const rerun = () => errand.call(`/v1/jobs/${ended.id}/rerun`, { body: running, headers: wait });
    const responses = await Promise.all(
      [...holding(ids[0] ?? ''), ['rerunJob', rerun] as const].map(async ([operation, request]) => {
        const from = performance.now();
        const response = expectDocumented(await request(), operation);
        expect(performance.now() - from).toBeLessThan(8000);
        return response;
      }),
    );
    expect(responses.map(({ status }) => status)).toEqual([202, 200, 304, 404, 202]);
    for (const { headers } of responses) {
      expect(headers.has('preference-applied')).toBe(false);
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
    }
    for (const response of await letGo()) {
      expect(response).toMatchObject({ status: 200, body: { status: 'aborted' } });
      expect(response.headers.get('preference-applied')).toBe('wait=20');
    }
  });

  test('a submission under an idempotency key is accepted, and its repetition waits once there is capacity', async () => {
    const { letGo } = await holdAll();
    const headers = { ...wait, 'idempotency-key': 'above-the-limit' };
    const body = { service: 'echo', parameters: { sleepSeconds: 4 } };
    const first = await errand.call('/v1/jobs', { body, headers });
    expect(first.status).toBe(202);
    await letGo();
    const second = await errand.call('/v1/jobs', { body, headers });
    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, status: 'succeeded' } });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('preference-applied')).toBe('wait=20');
  });

  test("another tenant's calls wait as usual", async () => {
    const { letGo } = await holdAll();
    const foreign = other.call;
    const definition = {
      parameters: {},
      dispatcher: { kind: 'lambda', functionName: 'errand-service-slow' },
    };
    await errand.call('/v1/services/slow/versions/1.0.0', { ...foreign, method: 'PUT', body: definition });
    const headers = { ...foreign.headers, prefer: 'wait=1.6' };
    const response = await errand.call('/v1/jobs', { withKey: false, headers, body: running });
    expect(response.status).toBe(202);
    expect(response.headers.get('preference-applied')).toBe('wait=1.6');
    expect(await leases(other.holder.tenant)).toBe(0);
    await letGo();
  });
});

describe('a lease', () => {
  const leaseWrites = () =>
    calls.filter(({ service, action }) => service === 'dynamodb' && action === 'UpdateItem').length;

  test('is not needed for a wait of a tenth of a second', async () => {
    const before = leaseWrites();
    const brief = await errand.call('/v1/jobs', { body: running, headers: { prefer: 'wait=0.1' } });
    expect([brief.status, leaseWrites()]).toEqual([202, before]);
    await abort(brief.body.id);
  });

  test('is released when the caller disconnects and the job ends, which it does in any case', async () => {
    const controller = new AbortController();
    const body = JSON.stringify({ service: 'echo', name: 'left', parameters: { sleepSeconds: 3 } });
    const headers = { 'x-api-key': errand.apiKey, 'content-type': 'application/json', ...wait };
    const keyed = { ...headers, 'idempotency-key': 'left' };
    const call = fetch(`${errand.url}/v1/jobs`, {
      method: 'POST',
      headers: keyed,
      body,
      signal: controller.signal,
    });
    const broken = expect(call).rejects.toThrow('abort');
    await until('the call waits', async () => (await leases()) === 1);
    controller.abort();
    await broken;
    const again = await errand.call('/v1/jobs', { body, headers: { ...wait, 'idempotency-key': 'left' } });
    expect(again).toMatchObject({ status: 200, body: { status: 'succeeded', name: 'left', attempt: 1 } });
    await until('every lease is released', async () => (await leases()) === 0);
  });

  test('that cannot be acquired makes the caller poll, and the job is accepted', async () => {
    errand.cloud.faults.add({ service: 'dynamodb', action: 'UpdateItem', kind: 'throttle' });
    const response = expectDocumented(
      await errand.call('/v1/jobs', {
        body: { service: 'echo', parameters: { sleepSeconds: 6 } },
        headers: wait,
      }),
      'submitJob',
    );
    expect(response.status).toBe(202);
    expect(response.headers.has('preference-applied')).toBe(false);
    errand.cloud.faults.clear();
    expect(await endedJob(errand, response.body.id)).toMatchObject({ status: 'succeeded' });
  });

  test('that expires with its process delays others only for a short time', async () => {
    const { id } = await submitJob(errand, running);
    const broken = Array.from({ length: limit }, () =>
      errand.call(`/v1/jobs/${id}`, { headers: { prefer: 'wait=2' } }),
    );
    await until('every call waits', async () => (await leases()) === limit);
    errand.cloud.lambda.killFunction('errand-api');
    for (const { status } of await Promise.all(broken)) expect(status).toBeGreaterThanOrEqual(500);
    expect(await leases()).toBe(limit);
    // The wait of 2 s and 5 s of grace after it.
    const paused = await until('a call waits again', async () => {
      const response = await errand.call(`/v1/jobs/${id}`, { headers: { prefer: 'wait=1.5' } });
      return response.headers.has('preference-applied') ? response : undefined;
    });
    expect(paused.headers.get('preference-applied')).toBe('wait=1.5');
    await abort(id);
  });
});
