import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scopes } from '../../../core/contract/routes/route.ts';
import type { ServiceDefinition } from '../../../core/contract/schemas/service-schemas.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey } from '../../support/local-service/add-key.ts';
import { withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import { expectProblem } from '../../support/local-service/expect-documented.ts';
import type { Call, TestErrand } from '../../support/local-service/local-errand.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';
import { storeService } from '../../support/local-service/stored-service.ts';

const attackerKey = 'the-key-of-an-attacker';
const echo = 'export const handler = async (event) => event;';

let errand: TestErrand;
/** Calls the API as the tenant `mallory`. */
const mallory = {
  call: (path: string, call: Call = {}) =>
    errand.call(path, { ...call, headers: { 'x-api-key': attackerKey, ...call.headers } }),
};

beforeAll(async () => {
  errand = await startChangedErrand([
    withFunctions({
      'errand-service-local__own': { module: echo },
      'errand-service-mallory__own': { module: echo },
      'other-function': { module: echo },
    }),
    withJobDefinitions({
      'errand-job-mallory__own': 'process.exit(process.env.constructor === "kept" ? 0 : 3);',
      'errand-job-shared': 'process.exit(0);',
    }),
  ]);
  await addKey(errand.cloud, { key: attackerKey, tenant: 'mallory', principal: 'mallory', scopes });
});
afterAll(() => errand?.end());

type Dispatcher = ServiceDefinition['dispatcher'];

function register(name: string, dispatcher: object) {
  return mallory.call(`/v1/services/${name}/versions/1.0.0`, {
    method: 'PUT',
    body: { parameters: {}, dispatcher },
  });
}

/** A job of the first tenant that runs for as long as an attack on it needs. */
async function runningVictim(): Promise<JobBody> {
  const { id } = await submitJob(errand, {
    service: 'echo',
    parameters: { sleepSeconds: 4, secret: 'mine' },
  });
  return until('the victim runs', async () => {
    const { body } = await errand.call(`/v1/jobs/${id}`);
    return body.status === 'executing' && body;
  });
}

/** A job of the first tenant whose second attempt could be claimed by anyone who may request it. */
async function waitingVictim(): Promise<JobBody> {
  const { id } = await submitJob(errand, {
    service: 'flaky',
    parameters: { failures: 1, kind: 'throw' },
    retry: { maxAttempts: 2, backoffSeconds: 3600 },
  });
  return until('the victim waits for its second attempt', async () => {
    const { body } = await errand.call(`/v1/jobs/${id}`);
    return body.status === 'retrying' && body;
  });
}

describe('a registration of another tenant', () => {
  test.each<[string, Dispatcher, string]>([
    [
      'the function that settles',
      { kind: 'lambda', functionName: 'errand-settle', payload: 'parameters' },
      'functionName',
    ],
    [
      'the function that claims',
      { kind: 'lambda', functionName: 'errand-dispatch', payload: 'parameters' },
      'functionName',
    ],
    [
      'the function that submits to AWS Batch',
      { kind: 'lambda', functionName: 'errand-submit-batch' },
      'functionName',
    ],
    ['a function of the account', { kind: 'lambda', functionName: 'other-function' }, 'functionName'],
    [
      "another tenant's function",
      { kind: 'lambda', functionName: 'errand-service-local__own' },
      'functionName',
    ],
    [
      "another tenant's job definition",
      { kind: 'batch', jobDefinition: 'errand-job-local__x' },
      'jobDefinition',
    ],
    ['a job definition of the account', { kind: 'batch', jobDefinition: 'backup' }, 'jobDefinition'],
    [
      "another tenant's queue",
      { kind: 'batch', jobDefinition: 'errand-job-shared', jobQueue: 'errand-queue-local__x' },
      'jobQueue',
    ],
    [
      'a queue of the account',
      { kind: 'batch', jobDefinition: 'errand-job-shared', jobQueue: 'backup' },
      'jobQueue',
    ],
    [
      'a command on a shared job definition',
      { kind: 'batch', jobDefinition: 'errand-job-shared', command: ['sh', '-c', 'id; env'] },
      'command',
    ],
    [
      'an environment on a shared job definition',
      {
        kind: 'batch',
        jobDefinition: 'errand-job-shared',
        environment: { NODE_OPTIONS: '--require /tmp/x.js' },
      },
      'environment',
    ],
  ])('that names %s is refused, with a pointer to the name', async (_, dispatcher, member) => {
    const response = await register('attack', dispatcher);
    expectProblem(response, 'schema-invalid');
    expect(response.body.errors).toMatchObject([{ pointer: `/dispatcher/${member}` }]);
    expect((await mallory.call('/v1/services/attack/versions/1.0.0')).status).toBe(404);
  });

  test.each<[string, object]>([
    ['its own function', { functionName: 'errand-service-mallory__own', payload: 'parameters' }],
    ['a shared function', { functionName: 'errand-service-echo' }],
  ])('that names %s is accepted, and its jobs run', async (what, target) => {
    const name = what.replaceAll(' ', '-');
    expect((await register(name, { kind: 'lambda', ...target })).status).toBe(201);
    const { id } = await submitJob(mallory, { service: name, parameters: { a: 1 } });
    expect(await endedJob(mallory, id)).toMatchObject({ status: 'succeeded', result: { a: 1 } });
  });

  test('that overrides its own job definition is accepted, and every name of a variable reaches the container', async () => {
    const environment = { constructor: 'kept', toString: 'kept', hasOwnProperty: 'kept' };
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-mallory__own', environment };
    const response = await register('own-container', dispatcher);
    expect(response.status).toBe(201);
    expect(response.body.dispatcher).toEqual(dispatcher);
    const { id } = await submitJob(mallory, { service: 'own-container' });
    expect(await endedJob(mallory, id)).toMatchObject({ status: 'succeeded' });
  });

  test('with a variable called __proto__ is refused, so that the variable is not lost', async () => {
    const response = await mallory.call('/v1/services/proto/versions/1.0.0', {
      method: 'PUT',
      body: '{"parameters":{},"dispatcher":{"kind":"batch","jobDefinition":"errand-job-mallory__own","environment":{"__proto__":"x"}}}',
    });
    expectProblem(response, 'invalid-request');
    expect(response.body.errors).toMatchObject([{ pointer: '/dispatcher/environment/__proto__' }]);
  });
});

describe('with a definition that was stored before the rules,', () => {
  test('a service on the function that settles ends no job of another tenant', async () => {
    const dispatcher = { kind: 'lambda', functionName: 'errand-settle', payload: 'parameters' } as const;
    await storeService(errand.cloud, { tenant: 'mallory', name: 'forger', definition: { dispatcher } });
    const victim = await runningVictim();
    const forged = { tenant: 'local', jobId: victim.id, attempt: 1, value: { forged: true } };
    const { id } = await submitJob(mallory, { service: 'forger', parameters: forged });
    expect(await endedJob(mallory, id)).toMatchObject({
      status: 'error',
      attempt: 0,
      error: { code: 'misconfigured', retryable: false, detail: expect.stringContaining('errand-settle') },
    });
    expect(await statesOf(mallory, id)).toEqual(['pending', 'error']);
    expect(await endedJob(errand, victim.id)).toMatchObject({
      status: 'succeeded',
      result: { sleepSeconds: 4, secret: 'mine' },
    });
    expect(await statesOf(errand, victim.id)).toEqual(['pending', 'executing', 'succeeded']);
  });

  test("a service on the function that claims gets no parameters and no token of another tenant's job", async () => {
    const dispatcher = { kind: 'lambda', functionName: 'errand-dispatch', payload: 'parameters' } as const;
    await storeService(errand.cloud, { tenant: 'mallory', name: 'thief', definition: { dispatcher } });
    const victim = await waitingVictim();
    // Any execution may claim the next attempt.
    const forged = { tenant: 'local', jobId: victim.id, attempt: 2, executionId: 'made up' };
    const { id } = await submitJob(mallory, {
      service: 'thief',
      parameters: forged,
      retry: { maxAttempts: 10, backoffSeconds: 0, retryOn: ['misconfigured'] },
    });
    const job = await endedJob(mallory, id);
    expect(job).toMatchObject({ status: 'error', attempt: 0, error: { code: 'misconfigured' } });
    expect(JSON.stringify(job)).not.toMatch(/failures|ew_/);
    expect(await statesOf(mallory, id)).toEqual(['pending', 'error']);
    expect(await statesOf(errand, victim.id)).toEqual(['pending', 'executing', 'retrying']);
  });

  test('a container with a command on a shared job definition never reaches AWS Batch', async () => {
    const dispatcher: Dispatcher = {
      kind: 'batch',
      jobDefinition: 'errand-job-shared',
      command: ['sh', '-c', 'env'],
    };
    await storeService(errand.cloud, { tenant: 'mallory', name: 'shell', definition: { dispatcher } });
    const { id } = await submitJob(mallory, { service: 'shell' });
    expect(await endedJob(mallory, id)).toMatchObject({
      status: 'error',
      attempt: 0,
      error: { code: 'misconfigured', detail: expect.stringContaining('/dispatcher/command') },
    });
  });
});

test('a detail shows neither the account nor its roles', async () => {
  const own = 'errand-service-mallory__missing';
  expect((await register('missing', { kind: 'lambda', functionName: own })).status).toBe(201);
  const { id } = await submitJob(mallory, { service: 'missing' });
  const { error } = await endedJob(mallory, id);
  expect(error.code).toBe('misconfigured');
  expect(error.detail).toContain(own);
  expect(error.detail).not.toMatch(/arn:|\d{12}|request ?id/i);
});
