import aslValidator from 'asl-validator';
import { Aws } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { defaultLimits, maxExpressAttemptSeconds } from '../../../core/jobs/model/defaults.ts';
import { maxExecutionDelaySeconds } from '../../../core/jobs/model/settle-job.ts';
import { maxPauseSeconds } from '../../../core/jobs/scheduling/probe-target.ts';
import { attemptStateMachineDefinition } from '../../../infra/execution/attempt-state-machine-definition.ts';

const arns = {
  dispatchArn: 'arn:aws:lambda:eu-central-1:111122223333:function:errand-dispatch',
  settleArn: 'arn:aws:lambda:eu-central-1:111122223333:function:errand-settle',
  submitBatchArn: 'arn:aws:lambda:eu-central-1:111122223333:function:errand-submit-batch',
  invokerRoleArn: 'arn:aws:iam::111122223333:role/service-invoker',
};
const definition = attemptStateMachineDefinition(arns, 300);

/** Every key at any depth. */
function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

describe('the definition of the attempt state machine', () => {
  test('is valid in the States Language', () => {
    const deployed = JSON.parse(JSON.stringify(definition).replaceAll(Aws.PARTITION, 'aws'));
    const verdict = aslValidator(deployed, { checkPaths: true, checkArn: true });
    expect(verdict.errorsText('; ')).toBe('');
    expect(verdict.isValid).toBe(true);
  });

  test('uses JSONPath only, since JSONata and variables are not supported everywhere it runs', () => {
    const keys = keysOf(definition);
    expect(
      keys.filter((key) => ['QueryLanguage', 'Assign', 'Arguments', 'Output', 'Condition'].includes(key)),
    ).toEqual([]);
    expect(JSON.stringify(definition)).not.toContain('{%');
  });

  test('invokes a service with the role that reaches services only, and everything else with its own', () => {
    const { Invoke, ...others } = definition.States;
    expect(Invoke.Credentials).toEqual({ RoleArn: 'arn:aws:iam::111122223333:role/service-invoker' });
    for (const [name, state] of Object.entries(others)) {
      expect(state, name).not.toHaveProperty('Credentials');
      // Its own role may invoke what the template names, and the template names all of it.
      expect(JSON.stringify(state), name).not.toContain('FunctionName.$');
    }
  });

  test('never invokes a service again whose own error may have the name of a throttled call', () => {
    expect(definition.States.Invoke).not.toHaveProperty('Retry');
  });

  test('also settles a failure where the state has grown too large, which States.ALL excludes', () => {
    expect(definition.States.Invoke.Catch.map((one) => [one.ErrorEquals, one.Next])).toEqual([
      [['States.DataLimitExceeded'], 'SettleFailure'],
      [['States.ALL'], 'SettleFailure'],
    ]);
  });

  test('passes either a value or an error to settle', () => {
    const common = { 'tenant.$': '$.tenant', 'jobId.$': '$.jobId', 'attempt.$': '$.attempt' };
    expect(definition.States.Settle.Parameters.Payload).toEqual({
      ...common,
      'value.$': '$.payload.value',
      'requestId.$': '$.payload.requestId',
    });
    expect(definition.States.SettleFailure.Parameters.Payload).toEqual({
      ...common,
      'error.$': '$.payload',
      'executionId.$': '$$.Execution.Id',
    });
  });

  test('submits a Batch attempt, waits for nothing, and settles an attempt that could not be submitted', () => {
    const { Route, SubmitBatch, SettleUndispatched } = definition.States;
    expect(Route.Choices).toContainEqual({ Variable: '$.route', StringEquals: 'batch', Next: 'SubmitBatch' });
    expect(SubmitBatch.Next).toBe('Done');
    expect(SubmitBatch.Catch.map((one) => one.Next)).toEqual(['SettleUndispatched']);
    expect(SettleUndispatched.Parameters.Payload).toMatchObject({
      'undispatched.$': '$.payload',
      'executionId.$': '$$.Execution.Id',
    });
  });

  test('retries a submission within the maximum duration of an Express execution, but never one that Batch refuses', () => {
    const [refusal, anything] = definition.States.SubmitBatch.Retry;
    expect(refusal).toMatchObject({ MaxAttempts: 0 });
    expect(refusal?.ErrorEquals).toEqual([
      'BatchRefusal',
      'BatchThrottled',
      'Lambda.TooManyRequestsException',
    ]);
    const delays = Array.from({ length: anything?.MaxAttempts ?? 0 }, (_, retry) =>
      Math.min(2 * 2 ** retry, 30),
    );
    const longest = delays.reduce((sum, delay) => sum + delay, 0);
    expect(longest).toBeGreaterThan(120);
    expect(longest).toBeLessThan(270);
  });

  test('needs five states for an attempt without delay', () => {
    const { States } = definition;
    const path = [
      'Delayed',
      States.Delayed.Default,
      States.Dispatch.Next,
      States.Route.Choices[0].Next,
      States.Invoke.Next,
    ];
    expect(path).toEqual(['Delayed', 'Dispatch', 'Route', 'Invoke', 'Settle']);
    expect(States.Settle.End).toBe(true);
  });

  test('ends within 300 s with the longest attempt of an Express execution, however slow each state of it is', () => {
    const { Dispatch, Settle, SettleLater } = definition.States;
    const around = [Dispatch, Settle, SettleLater].map(longestSeconds);
    const longest = around.reduce((sum, seconds) => sum + seconds, 0);
    expect(maxExecutionDelaySeconds + maxExpressAttemptSeconds + longest).toBeLessThanOrEqual(300);
    expect(maxPauseSeconds + longestSeconds(Dispatch)).toBeLessThanOrEqual(300);
    expect(defaultLimits.attemptTimeoutSeconds).toBeLessThanOrEqual(maxExpressAttemptSeconds);
  });

  test.each(['Settle', 'SettleFailure', 'SettleUndispatched'] as const)(
    'sends to a queue, with its complete input, an execution that %s could not settle',
    (name) => {
      const state = definition.States[name];
      expect(state.Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: `${name}Later` }]);
      const { Parameters, End } = definition.States[`${name}Later`];
      expect(Parameters).toEqual({ ...state.Parameters, InvocationType: 'Event' });
      expect(End).toBe(true);
    },
  );
});

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts: number;
}

/** The longest duration of a state when every try of it fails: a throttled try ends within a second, any other at its limit. */
function longestSeconds(state: {
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
}): number {
  const again = state.Retry.map((retrier) => {
    const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
    const isThrottled = !retrier.ErrorEquals.includes('States.ALL');
    const tries = Array.from({ length: retrier.MaxAttempts }, (_, tried) =>
      Math.min(IntervalSeconds * BackoffRate ** tried, MaxDelaySeconds),
    );
    return tries.reduce((sum, delay) => sum + delay + (isThrottled ? 1 : state.TimeoutSeconds), 0);
  });
  return again.reduce((sum, seconds) => sum + seconds, state.TimeoutSeconds);
}
