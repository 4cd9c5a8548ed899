import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredExecution } from '../../stepfunctions/execution-store.ts';
import { type StepFunctions, startStepFunctions } from '../../stepfunctions/start-step-functions.ts';
import { modelOf } from '../fixture/model-of.ts';
import {
  assumeNoRole,
  ended,
  functionFailure,
  machineArn,
  machineResource,
  scriptedInvoker,
  temporaryDirectory,
} from './machine-fixture.ts';

type Script = Parameters<typeof scriptedInvoker>[0];
type Description = Partial<Record<keyof StoredExecution, unknown>>;

const testInvoke = 'arn:aws:states:::lambda:invoke';

let directory: ReturnType<typeof temporaryDirectory>;
let states: StepFunctions | undefined;

beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  await states?.stop();
  states = undefined;
  directory.remove();
});

function start(definition: object, script: Script = {}, delayScale = 0.001) {
  const invoker = scriptedInvoker(script);
  const model = modelOf([machineResource('machine', definition, 'STANDARD')]);
  states = startStepFunctions({
    model,
    invoker,
    assumeRole: assumeNoRole,
    dataDirectory: directory.path,
    delayScale,
  });
  return { invoker, states };
}

async function run(definition: object, input: unknown, script: Script = {}): Promise<Description> {
  const started = start(definition, script);
  const { executionArn } = started.states.startExecution({
    stateMachineArn: machineArn('machine'),
    input: JSON.stringify(input),
  });
  return ended(started.states, executionArn);
}

async function output(definition: object, input: unknown, script: Script = {}): Promise<unknown> {
  const description = await run(definition, input, script);
  expect(description).toMatchObject({ status: 'SUCCEEDED' });
  return JSON.parse(String(description.output));
}

function machine(state: object, others: object = {}): object {
  return { StartAt: 'A', States: { A: state, ...others } };
}

function refusalOf(definition: object): string {
  try {
    start(definition);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  return '';
}

describe('a definition is refused, and the error names the part, if it', () => {
  const task = { Type: 'Task', Resource: testInvoke, Parameters: { FunctionName: 'f' }, End: true };
  const pass = { Type: 'Pass', End: true };
  const scope = { StartAt: 'B', States: { B: pass } };
  const choice = (rule: object) =>
    machine({ Type: 'Choice', Choices: [{ ...rule, Next: 'B' }] }, { B: pass });
  test.each<[string, object, string | RegExp]>([
    ['has a fractional time limit', { ...machine(pass), TimeoutSeconds: 1.5 }, 'TimeoutSeconds'],
    ['uses JSONata', { ...machine(pass), QueryLanguage: 'JSONata' }, 'QueryLanguage'],
    ['uses JSONata in a state', machine({ ...pass, QueryLanguage: 'JSONata' }), 'QueryLanguage'],
    ['assigns variables', machine({ ...pass, Assign: { a: 1 } }), 'Assign'],
    ['uses heartbeats', machine({ ...task, HeartbeatSeconds: 5, TimeoutSeconds: 10 }), 'HeartbeatSeconds'],
    [
      'waits for a token',
      machine({ ...task, Resource: `${testInvoke}.waitForTaskToken` }),
      'waitForTaskToken',
    ],
    [
      'calls another service',
      machine({ ...task, Resource: 'arn:aws:states:::sqs:sendMessage' }),
      'sqs:sendMessage',
    ],
    [
      'invokes with DryRun',
      machine({ ...task, Parameters: { FunctionName: 'f', InvocationType: 'DryRun' } }),
      'InvocationType',
    ],
    ['maps items', machine({ Type: 'Map', ItemProcessor: scope, End: true }), 'Type Map'],
    ['has branches', machine({ Type: 'Parallel', Branches: [scope], End: true }), 'Type Parallel'],
    ['waits until a time', machine({ Type: 'Wait', TimestampPath: '$.t', End: true }), 'TimestampPath'],
    [
      'calls a function without the integration',
      machine({ ...task, Resource: 'arn:aws:lambda:eu-central-1:111122223333:function:f' }),
      'function:f',
    ],
    ['compares texts in order', choice({ Variable: '$.x', StringLessThan: 'a' }), 'StringLessThan'],
    ['combines choice rules', choice({ Not: { Variable: '$.x', StringEquals: 'a' } }), 'Not'],
    ['writes a result into an array', machine({ ...pass, ResultPath: '$.a[0]' }), 'ResultPath'],
    ['uses a function', machine({ ...pass, Parameters: { 'a.$': 'States.Array($)' } }), 'States.Array'],
    [
      'reads with a wildcard',
      machine({ ...pass, Parameters: { 'a.$': '$.b[*]' } }),
      'state A, Parameters, a.$: $.b[*]',
    ],
    ['slices a list', machine({ ...pass, InputPath: '$.b[0:2]' }), 'state A, InputPath: $.b[0:2]'],
    [
      'filters a list',
      machine({ ...task, OutputPath: '$.b[?(@.c == 1)]' }),
      'state A, OutputPath: $.b[?(@.c == 1)]',
    ],
    ['uses a task token', machine({ ...pass, Parameters: { 'a.$': '$$.Task.Token' } }), '$$.Task'],
    [
      'combines States.ALL with other names',
      machine({ ...task, Catch: [{ ErrorEquals: ['X', 'States.ALL'], Next: 'B' }] }, { B: pass }),
      'States.ALL',
    ],
    [
      'goes nowhere',
      machine({ ...pass, End: undefined, Next: 'Nowhere' }),
      /Nowhere|MISSING_TRANSITION_TARGET/,
    ],
  ])('%s', (_, definition, words) => {
    const message = refusalOf(definition);
    expect(message).toMatch(words);
    expect(message).toContain('State machine Test/machine');
  });
});

describe('a choice decides as AWS does', () => {
  const yes = { Type: 'Pass', Result: true, End: true };
  const no = { Type: 'Pass', Result: false, End: true };
  test.each<[object, unknown, boolean]>([
    [{ Variable: '$.x', NumericGreaterThan: 3 }, { x: '5' }, false],
    [{ Variable: '$.x', NumericGreaterThan: 3 }, { x: 5 }, true],
    [{ Variable: '$.x', NumericLessThanEquals: 2 }, { x: 2 }, true],
    [{ Variable: '$.x', NumericEquals: 2 }, { x: '2' }, false],
    [{ Variable: '$.x', BooleanEquals: true }, { x: true }, true],
    [{ Variable: '$.x', StringEquals: '5' }, { x: 5 }, false],
  ])('%j of %j is %j', async (rule, input, expected) => {
    const choice = { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' };
    expect(await output(machine(choice, { Yes: yes, No: no }), input)).toBe(expected);
  });

  test('fails the execution if no rule matches and there is no default', async () => {
    const choice = { Type: 'Choice', Choices: [{ Variable: '$.x', StringEquals: 'a', Next: 'Yes' }] };
    const ended = await run(machine(choice, { Yes: yes }), { x: 'b' });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });
});

describe('data flows as on AWS', () => {
  test('lets a ResultPath of $ replace the whole input', async () => {
    const state = { Type: 'Pass', Result: { b: 1 }, ResultPath: '$', End: true };
    expect(await output(machine(state), { a: 1 })).toEqual({ b: 1 });
  });

  test.each([[0], [false], [null], ['']])('passes the result %j through states', async (value) => {
    const definition = machine({ Type: 'Pass', Result: value, Next: 'B' }, { B: { Type: 'Succeed' } });
    expect(await output(definition, { a: 1 })).toBe(value);
  });

  test('keeps the input of the execution in the context of every state', async () => {
    const show = {
      Type: 'Pass',
      Parameters: { 'input.$': '$$.Execution.Input', 'machine.$': '$$.StateMachine.Name' },
      End: true,
    };
    const definition = machine({ Type: 'Pass', Result: {}, Next: 'B' }, { B: show });
    expect(await output(definition, { a: 1 })).toEqual({ input: { a: 1 }, machine: 'machine' });
  });

  test('counts the retries of a state in its context', async () => {
    const state = {
      Type: 'Task',
      Resource: testInvoke,
      Parameters: {
        FunctionName: 'f',
        Payload: { 'retries.$': '$$.State.RetryCount', 'name.$': '$$.State.Name' },
      },
      OutputPath: '$.Payload',
      Retry: [{ ErrorEquals: ['States.TaskFailed'], MaxAttempts: 2 }],
      End: true,
    };
    const script: Script = { f: (payload, count) => (count < 3 ? functionFailure('E', 'no') : payload) };
    expect(await output(machine(state), {}, script)).toEqual({ retries: 2, name: 'A' });
  });

  test('gives a lambda task the result that AWS documents', async () => {
    const state = {
      Type: 'Task',
      Resource: testInvoke,
      Parameters: { FunctionName: 'f', Payload: 1 },
      End: true,
    };
    expect(await output(machine(state), {}, { f: (payload) => payload })).toMatchObject({
      ExecutedVersion: '$LATEST',
      Payload: 1,
      StatusCode: 200,
    });
  });
});

describe('data that is too large', () => {
  const large = 'x'.repeat(262_144);
  const task = (rules: object): object => ({
    Type: 'Task',
    Resource: testInvoke,
    Parameters: { FunctionName: 'f' },
    OutputPath: '$.Payload',
    End: true,
    ...rules,
  });
  const rescued = { Rescued: { Type: 'Pass', Result: 'rescued', End: true } };

  test('is neither retried nor caught by States.ALL', async () => {
    const rules = {
      Retry: [{ ErrorEquals: ['States.ALL'] }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Rescued' }],
    };
    const ended = await run(machine(task(rules), rescued), {}, { f: () => large });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('is caught by name', async () => {
    const rules = {
      Catch: [
        { ErrorEquals: ['States.DataLimitExceeded'], Next: 'Rescued' },
        { ErrorEquals: ['States.ALL'], Next: 'Other' },
      ],
    };
    const others = { ...rescued, Other: { Type: 'Pass', End: true } };
    expect(await output(machine(task(rules), others), {}, { f: () => large })).toBe('rescued');
  });

  test('fails the execution if a state builds it from small parts', async () => {
    const half = 'y'.repeat(140_000);
    const state = { Type: 'Pass', Parameters: { 'a.$': '$.half', 'b.$': '$.half' }, Next: 'B' };
    const ended = await run(machine(state, { B: { Type: 'Pass', End: true } }), { half });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  test('counts bytes of UTF-8, not characters', async () => {
    const ended = await run(machine(task({})), {}, { f: () => 'ä'.repeat(131_072) });
    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});
