import { describe, expect, test, vi } from 'vitest';
import { compileDefinition } from '../../stepfunctions/interpreter/compile-definition.ts';
import { runProgram } from '../../stepfunctions/interpreter/run-program.ts';
import { StateError } from '../../stepfunctions/interpreter/state-error.ts';
import { runDefinition, testContext } from './run-definition.ts';

const lambdaTask = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: 'f' },
};
const rescued = { Type: 'Pass', End: true };
const never = () => new Promise(() => undefined);
const fails = () => Promise.reject(new StateError('Boom', 'why'));

describe('a timeout', () => {
  const slow = { ...lambdaTask, TimeoutSeconds: 1, End: true };

  test('fails a task with States.Timeout and without a cause', async () => {
    const { outcome } = await runDefinition({ StartAt: 'A', States: { A: slow } }, {}, never);
    expect(outcome).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  test('is not included in States.TaskFailed', async () => {
    const Catch = [
      { ErrorEquals: ['States.TaskFailed'], Next: 'Other' },
      { ErrorEquals: ['States.Timeout'], ResultPath: '$.error', Next: 'Rescued' },
    ];
    const states = { A: { ...slow, Catch }, Rescued: rescued, Other: rescued };
    const { outcome } = await runDefinition({ StartAt: 'A', States: states }, { a: 1 }, never);
    expect(outcome).toEqual({
      status: 'SUCCEEDED',
      output: JSON.stringify({ a: 1, error: { Error: 'States.Timeout', Cause: '' } }),
    });
  });
});

describe('a stopped execution', () => {
  const retried = {
    ...lambdaTask,
    Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 3600 }],
    End: true,
  };

  test.each<[string, object, () => Promise<unknown>]>([
    ['in a task', { ...lambdaTask, Retry: [{ ErrorEquals: ['States.ALL'] }], End: true }, never],
    ['before a retry', retried, fails],
    ['in a wait', { Type: 'Wait', Seconds: 3600, End: true }, never],
  ])('ends %s at once, without an outcome and without another call', async (_, state, answer) => {
    const controller = new AbortController();
    const perform = vi.fn(answer);
    const host = { perform, context: testContext, delayScale: 1, signal: controller.signal };
    const run = runProgram(compileDefinition({ StartAt: 'A', States: { A: state } }, 'Machine'), {}, host);
    await new Promise((resolve) => setImmediate(resolve));
    const callsBefore = perform.mock.calls.length;
    controller.abort();
    expect(await run).toBeNull();
    expect(perform).toHaveBeenCalledTimes(callsBefore);
  });
});
