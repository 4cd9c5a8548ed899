import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptFault } from '../../../local/batch/batch-fault.ts';
import type { Fault } from '../../../local/events/fault.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { checkIntervalSeconds } from '../../support/local-service/assembly-changes.ts';
import { registerBatchService, withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, reconcileUntilEnded, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';

/** Reports its input and what it reads, or ends as its parameters request. */
const worker = `
const { ERRAND_WORKER_URL: url, ERRAND_WORKER_TOKEN: token, ERRAND_PARAMETERS: passed } = process.env;
const headers = { authorization: 'Bearer ' + token, 'errand-worker-id': process.env.AWS_BATCH_JOB_ID };
const call = (path, body) => fetch(url + path, {
  headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
  ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
});
const parameters = passed === undefined ? await (await call('/parameters')).json() : JSON.parse(passed);
if (parameters.sleep) setInterval(() => {}, 1000);
else {
  const result = { passed: passed !== undefined, size: JSON.stringify(parameters).length, own: process.env.OWN };
  const answer = await call('/complete', { result });
  console.log(answer.status, await answer.text());
  process.exit(answer.ok ? 0 : 1);
}
`;
const twice = { maxAttempts: 2, backoffSeconds: 0 };

let errand: TestErrand;
/** What happens to the next attempts and events, in order. */
const attemptFaults: AttemptFault[] = [];
let eventFault: ((status: string) => Fault | undefined) | undefined;
/** Names of the Batch jobs that were placed. */
const placed: string[] = [];
const placedFor = (jobId: string) => placed.filter((name) => name.includes(jobId)).length;

beforeAll(async () => {
  errand = await startChangedErrand(
    [withJobDefinitions({ 'errand-job-local__worker': worker }), checkIntervalSeconds(1)],
    {
      batchFaults: {
        attempts: ({ jobName }) => {
          placed.push(jobName);
          return attemptFaults.shift();
        },
        events: ({ status }) => eventFault?.(status),
      },
      batchTimeLimitScale: 0.02,
    },
  );
  const jobDefinition = 'errand-job-local__worker';
  await registerBatchService(errand, 'worker', { jobDefinition, environment: { OWN: 'set' } });
});
afterEach(() => {
  attemptFaults.length = 0;
  eventFault = undefined;
  errand.cloud.faults.clear();
});
afterAll(() => errand?.end());

describe('a container with a worker', () => {
  test('gets small parameters with its environment and reports its result', async () => {
    const { id } = await submitJob(errand, { service: 'worker', parameters: { a: 1 } });
    expect(await endedJob(errand, id)).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      result: { passed: true, size: 7, own: 'set' },
    });
  });

  test('requests parameters that are too large to pass', async () => {
    const { id } = await submitJob(errand, { service: 'worker', parameters: { a: 'x'.repeat(100_000) } });
    expect(await endedJob(errand, id)).toMatchObject({
      status: 'succeeded',
      result: { passed: false, size: 100_008 },
    });
  });
});

describe('when Batch reports on an attempt,', () => {
  test('an image that does not exist ends the job', async () => {
    attemptFaults.push({ kind: 'image-pull' });
    const { id } = await submitJob(errand, { service: 'worker', retry: twice });
    expect(await endedJob(errand, id)).toMatchObject({
      status: 'error',
      attempt: 1,
      error: { code: 'image-pull', reason: expect.stringContaining('CannotPullContainerError') },
    });
    expect(await statesOf(errand, id)).toEqual(['pending', 'scheduled', 'error']);
  });

  test('reclaimed capacity leads to a retry as another Batch job', async () => {
    attemptFaults.push({ kind: 'spot-interruption', afterMs: 50 });
    const parameters = { sleep: true };
    const { id } = await submitJob(errand, { service: 'worker', parameters, retry: twice });
    const job = await until('the second attempt runs', async () => {
      const { body } = await errand.call(`/v1/jobs/${id}`);
      return body.attempt === 2 && body.status === 'executing' ? body : undefined;
    });
    expect(job.status).toBe('executing');
    const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
    const [first, second] = body.items;
    expect(first).toMatchObject({ number: 1, code: 'spot-interrupted', dispatcherId: expect.any(String) });
    expect(second.dispatcherId).not.toBe(first.dispatcherId);
    expect(second.log.stream).not.toBe(first.log.stream);
    for (const { log } of [first, second]) {
      expect(log.group).toBe('/aws/batch/job');
      expect(existsSync(join(errand.dataDirectory, 'logs', 'batch', `${log.stream}.log`))).toBe(true);
    }
    await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'aborted', attempt: 2 });
  });

  test('an attempt beyond its limit is stopped by Batch and timed out', async () => {
    const { id } = await submitJob(errand, {
      service: 'worker',
      parameters: { sleep: true },
      attemptTimeoutSeconds: 60,
      retry: { maxAttempts: 1 },
    });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'error', error: { code: 'timeout' } });
  });

  test('a job whose events are all lost ends by its own limit', async () => {
    eventFault = () => ({ kind: 'drop' });
    const { id } = await submitJob(errand, {
      service: 'worker',
      parameters: { sleep: true },
      attemptTimeoutSeconds: 60,
      timeoutSeconds: 3,
    });
    expect(await reconcileUntilEnded(errand, id)).toMatchObject({
      status: 'error',
      error: { code: 'timeout' },
    });
  });

  test('repeated events out of order end a job once', async () => {
    eventFault = (status) => (status === 'STARTING' ? { kind: 'reorder' } : { kind: 'duplicate' });
    const { id } = await submitJob(errand, { service: 'worker' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    // A quick worker may report before Batch reports that it runs.
    const states = (await statesOf(errand, id)).filter((state) => state !== 'executing');
    expect(states).toEqual(['pending', 'scheduled', 'succeeded']);
  });
});

describe('a submission of an attempt to Batch', () => {
  const onSubmit = { service: 'batch', action: 'SubmitJob' } as const;

  test('is retried when Batch is throttled', async () => {
    errand.cloud.faults.add({ ...onSubmit, kind: 'throttle', times: 2 });
    const { id } = await submitJob(errand, { service: 'worker' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(placedFor(id)).toBe(1);
  });

  test('creates one Batch job when the response to it is lost', async () => {
    errand.cloud.faults.add({ ...onSubmit, kind: 'drop-answer', times: 1 });
    const { id } = await submitJob(errand, { service: 'worker' });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1 });
    expect(placedFor(id)).toBe(1);
  });

  test('ends the attempt when it never succeeds', async () => {
    errand.cloud.faults.add({ ...onSubmit, kind: 'error' });
    const { id } = await submitJob(errand, { service: 'worker', retry: { maxAttempts: 1 } });
    const { body } = await errand.call(`/v1/jobs/${id}`, { headers: { prefer: 'wait=25' } });
    expect(body).toMatchObject({ status: 'error', attempt: 1, error: { code: 'dispatch-failed' } });
  });
});

test('a job that waits for capacity on Batch reports that, and can be aborted', async () => {
  attemptFaults.push({ kind: 'no-capacity' });
  const { id } = await submitJob(errand, { service: 'worker' });
  const waiting = await until('the job reports the reason', async () => {
    const { body } = await errand.call(`/v1/jobs/${id}`);
    return body.waitingReason === undefined ? undefined : body;
  });
  expect(waiting).toMatchObject({
    status: 'scheduled',
    waitingReason: { code: 'capacity', detail: expect.stringContaining('MISCONFIGURATION') },
  });
  await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
  expect(await endedJob(errand, id)).toMatchObject({ status: 'aborted' });
});

test('an attempt names the log of its container in the group of the job definition', async () => {
  const parameters = { duration_seconds: 60, target_cpu_percent: 1 };
  const { id } = await submitJob(errand, { service: 'cpu-load-batch', parameters });
  const log = await until('the attempt has its log', async () => {
    const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
    return body.items[0]?.log;
  });
  const stream = expect.stringMatching(/^cpu-load\/default\/[0-9a-f]{32}$/);
  expect(log).toEqual({ group: '/aws/batch/errand-job-examples', stream });
  await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
  expect(await endedJob(errand, id)).toMatchObject({ status: 'aborted' });
  const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
  expect(body.items).toMatchObject([{ number: 1, status: 'aborted', log }]);
});

test('the example container runs with the worker library', async () => {
  const parameters = { duration_seconds: 0.3, target_cpu_percent: 50 };
  const { id } = await submitJob(errand, { service: 'cpu-load-batch', parameters });
  expect(await endedJob(errand, id)).toMatchObject({
    status: 'succeeded',
    result: { duration_seconds: expect.any(Number) },
    progress: { completion: 1 },
  });
});
