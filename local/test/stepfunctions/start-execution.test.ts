import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openExecutionStore } from '../../stepfunctions/execution-store.ts';
import {
  type StepFunctions,
  type StepFunctionsOptions,
  startStepFunctions,
} from '../../stepfunctions/start-step-functions.ts';
import { acknowledgedUntilKilled } from '../fixture/acknowledged-until-killed.ts';
import { modelOf } from '../fixture/model-of.ts';
import {
  assumeNoRole,
  call,
  machineArn,
  machineResource,
  scriptedInvoker,
  statesRequest,
  temporaryDirectory,
} from './machine-fixture.ts';

const testWait = {
  StartAt: 'A',
  States: { A: { Type: 'Wait', Seconds: 3600, Next: 'B' }, B: { Type: 'Succeed' } },
};
const testWork = {
  StartAt: 'A',
  States: {
    A: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'f', 'Payload.$': '$$.Execution.Id' },
      End: true,
    },
  },
};

let directory: ReturnType<typeof temporaryDirectory>;
const started: StepFunctions[] = [];

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  for (const states of started.splice(0)) await states.stop();
  directory.remove();
});

function start(options: Partial<StepFunctionsOptions> = {}) {
  const invoker = scriptedInvoker({ f: () => null });
  const model = modelOf([
    machineResource('standard', testWait, 'STANDARD'),
    machineResource('express', testWait),
    machineResource('limited', { ...testWait, TimeoutSeconds: 1 }, 'STANDARD'),
    machineResource('work', testWork),
  ]);
  const states = startStepFunctions({
    model,
    invoker,
    assumeRole: assumeNoRole,
    dataDirectory: directory.path,
    ...options,
  });
  started.push(states);
  return { states, invoker };
}

function startExecution(
  states: StepFunctions,
  machine: string,
  given: { readonly name?: string; readonly input?: string } = {},
) {
  return call(states, 'StartExecution', { stateMachineArn: machineArn(machine), input: '{}', ...given });
}

describe('StartExecution', () => {
  test('returns the same execution for the name and input of a running Standard execution', async () => {
    const { states } = start();
    const first = await startExecution(states, 'standard', { name: 'n', input: '{"a":1}' });
    expect(await startExecution(states, 'standard', { name: 'n', input: '{"a":1}' })).toEqual(first);
    expect(first['executionArn']).toBe('arn:aws:states:eu-central-1:111122223333:execution:standard:n');
  });

  test('refuses a Standard name with another input', async () => {
    const { states } = start();
    await startExecution(states, 'standard', { name: 'n' });
    await expect(startExecution(states, 'standard', { name: 'n', input: '{"a":1}' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
  });

  test('starts an Express name any number of times', async () => {
    const { states } = start();
    const arns = await Promise.all([
      startExecution(states, 'express', { name: 'n' }),
      startExecution(states, 'express', { name: 'n' }),
    ]);
    expect(new Set(arns.map((answer) => answer['executionArn'])).size).toBe(2);
    expect(arns[0]?.['executionArn']).toMatch(
      /^arn:aws:states:eu-central-1:111122223333:express:express:n:[0-9a-f-]{36}$/,
    );
  });

  test.each([
    ['unknown', {}, 'StateMachineDoesNotExist'],
    ['express', { name: 'a b' }, 'InvalidName'],
    ['express', { name: 'x'.repeat(81) }, 'InvalidName'],
    ['express', { input: '{' }, 'InvalidExecutionInput'],
    ['express', { input: JSON.stringify('x'.repeat(262_143)) }, 'ValidationException'],
  ])('refuses an invalid start of %s (%#)', async (machine, given, code) => {
    const { states } = start();
    await expect(startExecution(states, machine, given)).rejects.toMatchObject({ code });
  });

  test('accepts an input of exactly 262,144 bytes', async () => {
    const { states } = start();
    await expect(
      startExecution(states, 'express', { input: JSON.stringify('x'.repeat(262_142)) }),
    ).resolves.toBeDefined();
  });

  test('does not describe Express executions', async () => {
    const { states } = start();
    const { executionArn } = await startExecution(states, 'express');
    await expect(call(states, 'DescribeExecution', { executionArn })).rejects.toMatchObject({
      code: 'InvalidArn',
    });
  });

  test('returns the permission that a request needs', () => {
    const { states } = start();
    expect(
      states.checks(statesRequest('StartExecution', { stateMachineArn: machineArn('express') })),
    ).toEqual([{ action: 'states:StartExecution', resource: machineArn('express') }]);
    expect(() => states.checks(statesRequest('CreateActivity', {}))).toThrow('CreateActivity');
  });
});

describe('an execution', () => {
  test('times out as a whole, even if it was resumed after a restart, and keeps its name', async () => {
    const first = start();
    const { executionArn } = await startExecution(first.states, 'limited', { name: 'n' });
    await first.states.stop();
    const { states } = start();
    await vi.waitFor(async () => {
      expect(await call(states, 'DescribeExecution', { executionArn })).toMatchObject({
        status: 'TIMED_OUT',
        error: 'States.Timeout',
      });
    }, 5_000);
    await expect(startExecution(states, 'limited', { name: 'n' })).rejects.toMatchObject({
      code: 'ExecutionAlreadyExists',
    });
  });

  test('of an Express machine publishes no event', async () => {
    const onStatusChange = vi.fn();
    const { states, invoker } = start({ onStatusChange });
    await startExecution(states, 'work');
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1));
    expect(onStatusChange).not.toHaveBeenCalled();
  });

  test('supports 10,000 concurrent waits and stops without waiting for them', async () => {
    const { states } = start();
    const body = { stateMachineArn: machineArn('express'), input: '{}' };
    for (let count = 0; count < 10_000; count += 1) states.startExecution(body);
    // Each would wait far longer than this test may take.
    await states.stop();
    started.length = 0;
    const store = openExecutionStore(`${directory.path}/stepfunctions`);
    expect(store.open()).toHaveLength(10_000);
    store.close();
  }, 30_000);
});

describe('a fault hook', () => {
  test('can lose an acknowledged start permanently', async () => {
    const first = start({ faults: () => ({ kind: 'drop' }) });
    await startExecution(first.states, 'work');
    await first.states.stop();
    const { states, invoker } = start();
    await startExecution(states, 'work');
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1));
    expect(first.invoker.calls).toHaveLength(0);
  });

  test('can run a start twice with the same ARN', async () => {
    const { states, invoker } = start({ faults: () => ({ kind: 'duplicate' }) });
    await startExecution(states, 'work');
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(2));
    expect(invoker.calls[0]?.payload).toBe(invoker.calls[1]?.payload);
  });

  test('can delay a start', async () => {
    const { states, invoker } = start({ faults: () => ({ kind: 'delay', delayMs: 50 }) });
    const startedAtMs = Date.now();
    await startExecution(states, 'work');
    expect(invoker.calls).toHaveLength(0);
    await vi.waitFor(() => expect(invoker.calls).toHaveLength(1));
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(49);
  });
});

describe('a killed process', () => {
  test('loses no acknowledged start', async () => {
    const program = new URL('./start-until-killed.ts', import.meta.url);
    const acknowledged = await acknowledgedUntilKilled(program, directory.path);
    const store = openExecutionStore(`${directory.path}/stepfunctions`);
    const open = new Set(store.open().map((execution) => execution.arn));
    store.close();
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    expect(acknowledged.filter((arn) => !open.has(arn))).toEqual([]);
  });
});
