import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../../local/test/fixture/until.ts';
import type { JobBody } from '../../../support/local-service/ended-job.ts';
import type { ApiResponse } from '../../../support/local-service/local-errand.ts';
import { endOf, stateOf } from '../../await-job.ts';
import { aws } from '../../aws.ts';
import { type Subscriber, subscribe } from '../../bus-subscriber.ts';
import { startTestErrand, type TestErrand } from '../../deployed-errand.ts';
import { apiUrl, output, work } from '../../deployment.ts';

const here = import.meta.dirname;
const topic = 'arn:aws:sns:us-east-1:000000000000:alarms';
const echo = (sleepSeconds: number, more: object = {}) => ({
  service: 'echo',
  parameters: { sleepSeconds },
  ...more,
});

let errand: TestErrand;
let subscriber: Subscriber;
/** Jobs that were in progress when the upgrade started, by their kind. */
let underWay: Readonly<Record<string, JobBody>>;
/** A draft from before the upgrade. */
let draft: JobBody;
/** A job that no function could claim before the upgrade. */
let unclaimed: JobBody;
/** The response to a long poll that started before the upgrade. */
let polled: ApiResponse;
/** Responses to submissions during the upgrade. */
const meanwhile: ApiResponse[] = [];
const before: { url?: string; table?: string } = {};

async function submit(body: object, headers: Record<string, string> = {}): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { body, headers });
  if (response.status > 202) throw new Error(`${response.status}: ${JSON.stringify(response.body)}`);
  return response.body;
}

beforeAll(async () => {
  errand = await startTestErrand();
  subscriber = await subscribe('check-upgrade', { source: ['errand'] });
  Object.assign(before, { url: apiUrl(), table: output('Errand', 'TableName') });
  unclaimed = await leaveUnclaimed();
  await startJobs();
  const polling = errand.call('/v1/jobs', { body: echo(30), headers: { prefer: 'wait=120' } });
  await upgrade();
  polled = await polling;
}, 300_000);
afterAll(() => subscriber?.end());

/** When nothing dispatches it, the execution of a job leaves it to the reconciler. */
async function leaveUnclaimed(): Promise<JobBody> {
  const FunctionName = 'errand-dispatch';
  await aws('lambda', 'PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 0 });
  try {
    const job = await submit(echo(0.1));
    const machine = { stateMachineArn: output('Errand', 'ExpressRouterArn') };
    await until('the execution has left the job', async () => {
      const { executions } = await aws('stepfunctions', 'ListExecutions', machine);
      const own = executions.find((one: { name: string }) => one.name.startsWith(job.id));
      return own?.status === 'SUCCEEDED';
    });
    return job;
  } finally {
    await aws('lambda', 'DeleteFunctionConcurrency', { FunctionName });
  }
}

async function startJobs(): Promise<void> {
  const retry = { maxAttempts: 3, backoffSeconds: 15 };
  const long = await submit(echo(30, { attemptTimeoutSeconds: 200 }));
  underWay = {
    'runs in the Express state machine': long,
    'runs in the Standard state machine': await submit(echo(30, { attemptTimeoutSeconds: 600 })),
    'runs in a container': await submit({
      service: 'cpu-load-batch',
      parameters: { duration_seconds: 25, target_cpu_percent: 1 },
    }),
    'is to be tried again': await submit({ service: 'flaky', parameters: { failures: 2 }, retry }),
    'waits for another one': await submit(echo(0.1, { dependsOn: [long.id] })),
  };
  draft = await submit(echo(0.1, { start: false }));
  await stateOf(errand, long.id, 'executing');
}

/** Deploys the later version while jobs are submitted, one a second. */
async function upgrade(): Promise<void> {
  const options = ['--all', '--require-approval', 'never', '--output', join(work, 'cdk-upgraded.out')];
  const settings = ['-c', `alarmTopicArn=${topic}`, '-c', 'submitBatchConcurrency=0'];
  const app = ['--app', `node ${join(here, '../../upgraded-app.ts')}`];
  const outputs = ['--outputs-file', join(work, 'outputs.json')];
  const log = createWriteStream(join(work, 'upgrade.log'));
  const cdk = spawn('cdk', ['deploy', ...options, ...settings, ...app, ...outputs]);
  cdk.stdout.pipe(log, { end: false });
  cdk.stderr.pipe(log, { end: false });
  const ended = once(cdk, 'close');
  while (cdk.exitCode === null) {
    const headers = { 'idempotency-key': `meanwhile-${meanwhile.length}` };
    meanwhile.push(await errand.call('/v1/jobs', { body: echo(0.1), headers }));
    await Promise.race([ended, delay(1_000)]);
  }
  await ended;
  log.end();
  if (cdk.exitCode !== 0) throw new Error(readFileSync(join(work, 'upgrade.log'), 'utf8').slice(-4000));
}

describe('after an upgrade under load,', () => {
  test('URL and table are the same', () => {
    expect({ url: apiUrl(), table: output('Errand', 'TableName') }).toEqual(before);
  });

  test('the new code responds, with the new settings', async () => {
    const response = await errand.call('/v1/jobs?limit=1');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff, upgraded');
    const configuration = await aws('lambda', 'GetFunctionConfiguration', { FunctionName: 'errand-submit' });
    expect(configuration.Description).toBe('Upgraded');
    expect(configuration.Environment.Variables['LOOK_AFTER_SECONDS']).toBe('45');
    const reserved = await aws('lambda', 'GetFunctionConcurrency', { FunctionName: 'errand-submit-batch' });
    expect(reserved).not.toHaveProperty('ReservedConcurrentExecutions');
    const { MetricAlarms } = await aws('cloudwatch', 'DescribeAlarms');
    for (const { AlarmActions, OKActions } of MetricAlarms)
      expect([AlarmActions, OKActions]).toEqual([[topic], [topic]]);
  });

  test('every submission during the upgrade was accepted, and its job succeeds', async () => {
    expect(meanwhile.length).toBeGreaterThan(5);
    for (const { status, body } of meanwhile) {
      expect([status, body]).toEqual([202, expect.anything()]);
      expect(await endOf(errand, body.id)).toMatchObject({ status: 'succeeded' });
    }
  });

  test('a long poll that started before it returns the result', () => {
    expect(polled).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });

  test('a draft from before can be started', async () => {
    const started = await errand.call(`/v1/jobs/${draft.id}/start`, { method: 'POST' });
    expect(started.status).toBeLessThan(300);
    expect(await endOf(errand, draft.id)).toMatchObject({ status: 'succeeded' });
  });

  test('each job that was in progress succeeds, with the attempt that it had', async () => {
    for (const [what, { id }] of Object.entries(underWay)) {
      const job = await endOf(errand, id, 120);
      const attempt = what === 'is to be tried again' ? 3 : 1;
      expect({ what, status: job.status, attempt: job.attempt }).toEqual({
        what,
        status: 'succeeded',
        attempt,
      });
    }
  });

  test('the reconciler starts a job that no function had claimed', async () => {
    expect(await endOf(errand, unclaimed.id, 150)).toMatchObject({ status: 'succeeded', attempt: 1 });
  }, 180_000);

  test('subscribers have received every event of these jobs', async () => {
    const ids = [...Object.values(underWay), draft, unclaimed, ...meanwhile.map(({ body }) => body)];
    const expected: string[] = [];
    for (const { id } of ids) {
      const { items } = (await errand.call(`/v1/jobs/${id}/events`)).body;
      expected.push(...items.map((one: JobBody) => one.id));
    }
    await until('the bus has delivered every event', async () => {
      const received = await subscriber.receive();
      return expected.every((id) => received.has(id));
    });
  });
});
