import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsError, accessDenied } from '../../aws-error.ts';
import type { EventFacts } from '../../events/event.ts';
import { type StepFunctions, startStepFunctions } from '../../stepfunctions/start-step-functions.ts';
import { modelOf } from '../fixture/model-of.ts';
import { router } from './attempt-state-machine.ts';
import {
  assumeNoRole,
  call,
  ended,
  functionFailure,
  machineArn,
  machineResource,
  nestedArrays,
  RawPayload,
  roleArn,
  scriptedInvoker,
  temporaryDirectory,
} from './machine-fixture.ts';

type Script = Parameters<typeof scriptedInvoker>[0];

interface Options {
  readonly delayScale?: number;
  readonly definition?: object;
}

/** The state machine with a catcher of `States.DataLimitExceeded`, which no wildcard includes. */
const catchingLimits = {
  ...router,
  States: {
    ...router.States,
    Invoke: {
      ...router.States.Invoke,
      Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], ResultPath: '$.payload', Next: 'Settle' }],
    },
  },
};

const routed = { route: 'lambda', functionName: 'service', payload: { a: 1 }, timeoutSeconds: 5 };

describe('an attempt state machine', () => {
  let directory: ReturnType<typeof temporaryDirectory>;
  let states: StepFunctions | undefined;
  const events: EventFacts[] = [];

  beforeEach(() => {
    directory = temporaryDirectory();
    events.length = 0;
  });
  afterEach(async () => {
    await states?.stop();
    directory.remove();
  });

  function start(script: Script, { delayScale = 0.001, definition = router }: Options = {}) {
    const invoker = scriptedInvoker(script);
    const model = modelOf([machineResource('router', definition, 'STANDARD')]);
    states = startStepFunctions({
      model,
      invoker,
      assumeRole: assumeNoRole,
      dataDirectory: directory.path,
      delayScale,
      onStatusChange: (event) => events.push(event),
    });
    return { invoker, states };
  }

  async function run(script: Script, input: object | string, options?: Options) {
    const started = start(script, options);
    const { executionArn } = await call(started.states, 'StartExecution', {
      stateMachineArn: machineArn('router'),
      name: 'job-1-1',
      input: typeof input === 'string' ? input : JSON.stringify(input),
    });
    return { ...started, ended: await ended(started.states, executionArn) };
  }

  function payloads(invoker: ReturnType<typeof scriptedInvoker>, name: string): unknown[] {
    return invoker.calls.filter((one) => one.functionName === name).map((one) => JSON.parse(one.payload));
  }

  test('passes a job from dispatch through the service to settle', async () => {
    const { invoker, ended } = await run(
      { dispatch: () => routed, service: () => ({ b: 2 }), settle: () => null },
      { job: 'j1', delaySeconds: 0 },
    );
    expect(ended['status']).toBe('SUCCEEDED');
    expect(invoker.calls.map((one) => one.functionName)).toEqual(['dispatch', 'service', 'settle']);
    expect(payloads(invoker, 'service')).toEqual([{ a: 1 }]);
    expect(payloads(invoker, 'settle')).toEqual([{ ...routed, payload: { result: { b: 2 } } }]);
    expect(invoker.calls[0]?.principal).toEqual({ kind: 'role', roleArn: roleArn, sessionName: 'job-1-1' });
  });

  test('waits the delay before it dispatches', async () => {
    const startedAtMs = Date.now();
    const { invoker } = await run(
      { dispatch: () => ({ route: 'none' }) },
      { job: 'j1', delaySeconds: 30 },
      { delayScale: 0.005 },
    );
    expect(invoker.calls).toHaveLength(1);
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(149);
  });

  test('retries a throttled dispatch with real intervals, and no other error', async () => {
    const startedAtMs = Date.now();
    const throttled = () => new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    const { invoker, ended } = await run(
      {
        dispatch: (_, count) => {
          if (count <= 2) throw throttled();
          return { route: 'none' };
        },
      },
      { job: 'j1', delaySeconds: 0 },
      { delayScale: 0.05 },
    );
    expect(ended['status']).toBe('SUCCEEDED');
    expect(invoker.calls).toHaveLength(3);
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(149);
  });

  test('fails with the name of the error when the retries are used up', async () => {
    const { invoker, ended } = await run(
      {
        dispatch: () => {
          throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
        },
      },
      { job: 'j1', delaySeconds: 0 },
    );
    expect(invoker.calls).toHaveLength(4);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Lambda.TooManyRequestsException' });
    expect(ended['cause']).toMatch(/^Rate Exceeded\. \(Service: AWSLambda; Status Code: 429/);
  });

  test('catches an error of user code and passes type and payload to settle', async () => {
    const failure = functionFailure('RangeError', 'too far');
    const { invoker, ended } = await run(
      { dispatch: () => routed, service: () => failure, settle: () => null },
      { job: 'j1', delaySeconds: 0 },
    );
    expect(ended['status']).toBe('SUCCEEDED');
    const [settled] = payloads(invoker, 'settle');
    expect(settled).toEqual({ ...routed, payload: { Error: 'RangeError', Cause: failure.payload } });
  });

  test.each([1001, 3800, 4200, 50_000])(
    'a result nested %i deep is a task failure that Catch receives by its name',
    async (depth) => {
      const deep = new RawPayload(nestedArrays(depth));
      const { ended, invoker } = await run(
        { dispatch: () => routed, service: () => deep, settle: () => null },
        { job: 'j1', delaySeconds: 0 },
        { definition: catchingLimits },
      );
      expect(ended['status']).toBe('SUCCEEDED');
      expect(payloads(invoker, 'settle')).toMatchObject([
        { payload: { Error: 'States.DataLimitExceeded', Cause: expect.stringContaining('1000 deep') } },
      ]);
    },
  );

  test('a result nested 1,000 deep is passed to settle', async () => {
    const deep: unknown = JSON.parse(nestedArrays(1000));
    const { invoker } = await run(
      { dispatch: () => routed, service: () => deep, settle: () => null },
      { job: 'j1', delaySeconds: 0 },
    );
    expect(payloads(invoker, 'settle')).toEqual([{ ...routed, payload: { result: deep } }]);
  });

  test('an input that is nested too deeply fails the execution with an error name of AWS', async () => {
    const { ended } = await run({}, `{"job":${nestedArrays(10_000)},"delaySeconds":0}`);
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('ends a task at its timeout from the input and passes States.Timeout to settle', async () => {
    let release: (() => void) | undefined;
    const hang = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { invoker } = await run(
      { dispatch: () => ({ ...routed, timeoutSeconds: 1 }), service: () => hang, settle: () => null },
      { job: 'j1', delaySeconds: 0 },
    );
    release?.();
    expect(payloads(invoker, 'settle')).toMatchObject([{ payload: { Error: 'States.Timeout' } }]);
  }, 10_000);

  test('does not call the service if the timeout is not a whole number', async () => {
    const { invoker, ended } = await run(
      { dispatch: () => ({ ...routed, timeoutSeconds: 1.5 }), service: () => 1, settle: () => null },
      { job: 'j1', delaySeconds: 0 },
    );
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(invoker.calls.map((one) => one.functionName)).toEqual(['dispatch']);
  });

  test('names the role that may not invoke', async () => {
    const { ended } = await run(
      {
        dispatch: () => {
          throw accessDenied(roleArn, 'lambda:InvokeFunction', 'arn:aws:lambda:x:1:function:dispatch');
        },
      },
      { job: 'j1', delaySeconds: 0 },
    );
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
    expect(ended['cause']).toContain(`User: ${roleArn} is not authorized to perform: lambda:InvokeFunction`);
    expect(ended['cause']).toContain('Error Code: AccessDeniedException');
  });

  test('fails with the error and cause of a Fail state', async () => {
    const { ended } = await run({ dispatch: () => ({ route: 'moon' }) }, { job: 'j1', delaySeconds: 0 });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'Unroutable', cause: 'no such route' });
  });

  test('refuses a delay that is not a whole number', async () => {
    const { ended } = await run({}, { job: 'j1', delaySeconds: 1.5 });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
  });

  test('publishes the start and end of a Standard execution', async () => {
    await run({ dispatch: () => ({ route: 'none' }) }, { job: 'j1', delaySeconds: 0 });
    expect(events.map((event) => event.detail['status'])).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(events[1]).toMatchObject({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      detail: { name: 'job-1-1', stateMachineArn: machineArn('router'), output: '{"route":"none"}' },
    });
  });

  test('restarts an execution that was open at a stop from its first state, with the same ARN', async () => {
    let release: (() => void) | undefined;
    const first = start({ dispatch: () => new Promise<void>((resolve) => (release = resolve)) });
    const { executionArn } = await call(first.states, 'StartExecution', {
      stateMachineArn: machineArn('router'),
      name: 'job-1-1',
      input: JSON.stringify({ job: 'j1', delaySeconds: 0 }),
    });
    await vi.waitFor(() => expect(first.invoker.calls).toHaveLength(1));
    await first.states.stop();
    release?.();
    const second = start({ dispatch: () => ({ route: 'none' }) });
    await vi.waitFor(async () => {
      const description = await call(second.states, 'DescribeExecution', { executionArn });
      expect(description['status']).toBe('SUCCEEDED');
    });
    expect(payloads(second.invoker, 'dispatch')).toEqual(payloads(first.invoker, 'dispatch'));
    expect(payloads(second.invoker, 'dispatch')).toMatchObject([{ executionId: executionArn }]);
  });
});
