import { Aws } from 'aws-cdk-lib';

export interface JobRouterTargets {
  readonly dispatchArn: string;
  readonly settleArn: string;
  readonly submitBatchArn: string;
  /** Role that the state machine assumes to invoke a service. */
  readonly invokerRoleArn: string;
  /** Limit of a whole execution. */
  readonly timeoutSeconds: number;
}

/**
 * Dispatch and settle do the same when they run twice, so whatever went wrong is tried again: a function that died
 * after its write, or that found no database for a while, would otherwise cost the job an attempt.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const anyFault = ['States.ALL'];

/** An integration is named in the partition of the state machine: https://github.com/aws/aws-cdk/issues/4597 */
const invoke = `arn:${Aws.PARTITION}:states:::lambda:invoke`;
/** Names under which Lambda and AWS Batch refuse a call for want of capacity. */
const throttled = ['Lambda.TooManyRequestsException', 'TooManyRequestsException', 'ThrottlingException'];
const attempt = { 'tenant.$': '$.tenant', 'jobId.$': '$.jobId', 'attempt.$': '$.attempt' };

/**
 * How one attempt of a job is carried out, in the Amazon States Language with JSONPath. The input is
 * `{tenant, jobId, attempt, start, delaySeconds}`; the usual path has as few states as it can, because
 * Standard executions are paid by the state.
 */
export function jobRouterDefinition(targets: JobRouterTargets) {
  return {
    Comment: 'Claims one attempt of a job, carries it out and settles it',
    TimeoutSeconds: targets.timeoutSeconds,
    StartAt: 'Delayed',
    States: {
      Delayed: {
        Type: 'Choice',
        Choices: [{ Variable: '$.delaySeconds', NumericGreaterThan: 0, Next: 'Delay' }],
        Default: 'Dispatch',
      },
      Delay: { Type: 'Wait', SecondsPath: '$.delaySeconds', Next: 'Dispatch' },
      Dispatch: dispatchState(targets.dispatchArn),
      // The reconciler starts the attempt again; a failed execution would tell it nothing that it does not see.
      LeaveToReconciler: { Type: 'Succeed' },
      Route: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.route', StringEquals: 'lambda', Next: 'Invoke' },
          { Variable: '$.route', StringEquals: 'batch', Next: 'SubmitBatch' },
        ],
        Default: 'Done',
      },
      Done: { Type: 'Succeed' },
      Invoke: invokeState(targets.invokerRoleArn),
      SubmitBatch: submitBatchState(targets.submitBatchArn),
      Settle: settleState(targets.settleArn, { 'value.$': '$.payload.value' }),
      // Another execution may have claimed the attempt meanwhile, under the same number if this one was refused.
      SettleFailure: settleState(targets.settleArn, {
        'error.$': '$.payload',
        'executionId.$': '$$.Execution.Id',
      }),
      SettleUndispatched: settleState(targets.settleArn, {
        'undispatched.$': '$.payload',
        'executionId.$': '$$.Execution.Id',
      }),
    },
  } as const;
}

/** Turns the input into dispatch's answer: `{route, tenant, jobId, attempt, functionName, attemptTimeoutSeconds, payload}`. */
function dispatchState(functionArn: string) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: {
      FunctionName: functionArn,
      // The whole input, for its optional members: a path to one that is missing would end the execution.
      Payload: { ...attempt, 'executionId.$': '$$.Execution.Id', 'input.$': '$' },
    },
    TimeoutSeconds: 60,
    ResultSelector: { 'answer.$': '$.Payload' },
    OutputPath: '$.answer',
    Retry: [
      {
        ErrorEquals: anyFault,
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 4,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'LeaveToReconciler' }],
    Next: 'Route',
  };
}

/**
 * The result replaces the parameters: both together could break the limit of 262,144 bytes for a state. The function's name
 * comes from a definition, so it is invoked with a role that reaches services only, not with the machine's own
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html).
 */
const invokeState = (RoleArn: string) => ({
  Type: 'Task',
  Resource: invoke,
  Credentials: { RoleArn },
  Parameters: { 'FunctionName.$': '$.functionName', 'Payload.$': '$.payload' },
  TimeoutSecondsPath: '$.attemptTimeoutSeconds',
  ResultSelector: { 'value.$': '$.Payload' },
  ResultPath: '$.payload',
  // Nothing is tried again here: an error of the function's own may have the name of a throttled call.
  Catch: [
    // States.ALL does not include it.
    { ErrorEquals: ['States.DataLimitExceeded'], ResultPath: '$.payload', Next: 'SettleFailure' },
    { ErrorEquals: ['States.ALL'], ResultPath: '$.payload', Next: 'SettleFailure' },
  ],
  Next: 'Settle',
});

/**
 * What becomes of the attempt is reported later, by events and by its worker. A submission that is refused for its rate is given
 * back at once, and the job waits for its turn; any other fault is tried again for as long as the execution has time.
 */
function submitBatchState(functionArn: string) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: {
      FunctionName: functionArn,
      Payload: { ...attempt, 'worker.$': '$.worker', 'retryCount.$': '$$.State.RetryCount' },
    },
    TimeoutSeconds: 60,
    ResultPath: null,
    Retry: [
      { ErrorEquals: ['BatchRefusal', ...throttled], MaxAttempts: 0 },
      {
        ErrorEquals: anyFault,
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 30,
        MaxAttempts: 10,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.payload', Next: 'SettleUndispatched' }],
    Next: 'Done',
  };
}

/** Without a catch: an execution that could not settle fails, is counted by an alarm, and the reconciler settles. */
function settleState(functionArn: string, outcome: Readonly<Record<string, string>>) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: { FunctionName: functionArn, Payload: { ...attempt, ...outcome } },
    TimeoutSeconds: 60,
    ResultPath: null,
    Retry: [
      {
        ErrorEquals: anyFault,
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxAttempts: 5,
        JitterStrategy: 'FULL',
      },
    ],
    End: true,
  };
}
