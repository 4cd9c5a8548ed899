import { describe, expect, test } from 'vitest';
import { StateError } from '../../stepfunctions/interpreter/state-error.ts';
import { runDefinition, type TaskCall } from './run-definition.ts';

const lambdaTask = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f' },
};
const rescued = { Type: 'Pass', End: true };

/** Runs the state A, and the state Rescued if A leads to it. */
function run(state: object, input: unknown, perform: (call: TaskCall) => unknown = () => null) {
  return runDefinition({ StartAt: 'A', States: { A: state, Rescued: rescued } }, input, perform);
}

async function outputOf(...[state, input, perform]: Parameters<typeof run>): Promise<unknown> {
  const { outcome } = await run(state, input, perform);
  expect(outcome).toMatchObject({ status: 'SUCCEEDED' });
  return JSON.parse('output' in outcome ? outcome.output : '');
}

function fails(name: string): () => never {
  return () => {
    throw new StateError(name, 'why');
  };
}

// Recorded on AWS: https://github.com/localstack/localstack/tree/main/tests/aws/services/stepfunctions/v2
describe('a state, as recorded on AWS,', () => {
  test('receives or returns an empty object for a path of null', async () => {
    const state = { Type: 'Pass', InputPath: null, Parameters: { b: 1, 'in.$': '$' }, End: true };
    expect(await outputOf(state, { a: 1 })).toEqual({ b: 1, in: {} });
    expect(await outputOf({ Type: 'Pass', OutputPath: null, End: true }, { a: 1 })).toEqual({});
  });

  test('does not read paths in a Result', async () => {
    const Result = { 'a.$': '$.jsonpath', 'b.$': '$$' };
    expect(await outputOf({ Type: 'Pass', Result, End: true }, {})).toEqual(Result);
  });

  test('reads the whole context object, which counts the retries of tasks only', async () => {
    const context = await outputOf({ Type: 'Pass', InputPath: '$$', End: true }, {});
    expect(context).toMatchObject({ Execution: { Id: 'arn:execution' }, State: { Name: 'A' } });
    expect(context).not.toHaveProperty('State.RetryCount');
    const task = { ...lambdaTask, ResultSelector: { 'retries.$': '$$.State.RetryCount' }, End: true };
    expect(await outputOf(task, {})).toEqual({ retries: 0 });
  });

  test.each([
    ['InputPath', { Type: 'Pass', InputPath: '$.no', End: true }],
    ['OutputPath', { Type: 'Pass', OutputPath: '$.no.such[0]', End: true }],
    ['value.$', { Type: 'Pass', Parameters: { 'value.$': '$$.Execution.Input.no' }, End: true }],
    ['TimeoutSecondsPath', { ...lambdaTask, TimeoutSecondsPath: '$.no', End: true }],
    ['SecondsPath', { Type: 'Wait', SecondsPath: '$.no', End: true }],
    ['Variable', { Type: 'Choice', Choices: [{ Variable: '$.no', BooleanEquals: true, Next: 'Rescued' }] }],
  ])('fails with States.Runtime if %s refers to nothing', async (field, state) => {
    const { outcome, calls } = await run(state, { a: 1 });
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(outcome).toMatchObject({
      cause: expect.stringMatching(
        new RegExp(
          `executing the state 'A'\\. The JSONPath '.*' specified for the field '${field.replace('$', '\\$')}' `,
        ),
      ),
    });
    expect(calls).toEqual([]);
  });

  test('cannot catch States.Runtime, even by its name', async () => {
    const Catch = [{ ErrorEquals: ['States.Runtime'], Next: 'Rescued' }];
    const { outcome } = await run({ ...lambdaTask, OutputPath: '$.no', Catch, End: true }, {}, () => ({}));
    expect(outcome).toMatchObject({ error: 'States.Runtime' });
  });

  test('does not apply OutputPath to a caught error', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Rescued' }];
    const state = { ...lambdaTask, OutputPath: '$.no.such.path', Catch, End: true };
    expect(await outputOf(state, {}, fails('Boom'))).toEqual({ Error: 'Boom', Cause: 'why' });
  });
});

describe('a result', () => {
  test('is written into new objects, and the input of the execution keeps its value', async () => {
    const input = { a: { b: 1 } };
    const state = { ...lambdaTask, ResultPath: '$.a.c.d', End: true };
    expect(await outputOf(state, input, () => 2)).toEqual({ a: { b: 1, c: { d: 2 } } });
    expect(input).toEqual({ a: { b: 1 } });
  });

  test.each([[null], ['text'], [[1]], [{ a: 1 }], [{ a: null }], [{ a: [{}] }]])(
    'does not fit into the input %j, which Catch can handle',
    async (input) => {
      const Catch = [{ ErrorEquals: ['States.ResultPathMatchFailure'], Next: 'Rescued' }];
      const state = { ...lambdaTask, ResultPath: '$.a.b', Catch, End: true };
      expect(await outputOf(state, input)).toMatchObject({ Error: 'States.ResultPathMatchFailure' });
    },
  );
});

describe('Retry', () => {
  const rule = (name: string, rest: object = {}) => ({ ErrorEquals: [name], ...rest });

  test('counts each rule by itself, and the first rule that names an error decides', async () => {
    const Retry = [
      rule('Once', { MaxAttempts: 1 }),
      rule('Never', { MaxAttempts: 0 }),
      rule('States.ALL', { MaxAttempts: 2 }),
    ];
    const errors = ['Once', 'Other', 'Other', 'Once'];
    const { outcome, calls } = await run({ ...lambdaTask, Retry, End: true }, {}, () =>
      fails(String(errors.shift()))(),
    );
    expect(outcome).toEqual({ status: 'FAILED', error: 'Once', cause: 'why' });
    expect(calls).toHaveLength(4);
    const once = await run({ ...lambdaTask, Retry, End: true }, {}, fails('Never'));
    expect(once.calls).toHaveLength(1);
  });

  test('repeats the evaluation of Parameters', async () => {
    const Parameters = { FunctionName: 'f', Payload: { 'retries.$': '$$.State.RetryCount' } };
    const { calls } = await run(
      { ...lambdaTask, Parameters, Retry: [rule('States.TaskFailed', { MaxAttempts: 2 })], End: true },
      {},
      fails('Boom'),
    );
    expect(calls.map(({ parameters }) => parameters)).toMatchObject(
      [0, 1, 2].map((retries) => ({ Payload: { retries } })),
    );
  });
});
