import { Aws } from 'aws-cdk-lib/core';

export interface AttemptStateMachineArns {
  readonly dispatchArn: string;
  readonly settleArn: string;
  readonly submitBatchArn: string;
  /** The role that the state machine assumes to invoke a service. */
  readonly invokerRoleArn: string;
}

/**
 * Dispatch and settle are idempotent, so every error is retried: a function that crashed after its write, or
 * a temporarily unavailable database, would otherwise cost the job an attempt.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const allErrors = ['States.ALL'];

/**
 * The ARN of an integration contains the partition of the state machine:
 * https://github.com/aws/aws-cdk/issues/4597
 */
const invoke = `arn:${Aws.PARTITION}:states:::lambda:invoke`;
/** The errors of Lambda for insufficient capacity. */
const throttled = ['Lambda.TooManyRequestsException'];
const attempt = { 'tenant.$': '$.tenant', 'jobId.$': '$.jobId', 'attempt.$': '$.attempt' };

/**
 * Defines how one attempt of a job is run, in the Amazon States Language with JSONPath. The input is an
 * `ExecutionInput`; with `probe`, the execution probes a congested target instead. The usual path has as few
 * states as possible, because Standard executions are charged per state transition.
 * @param timeoutSeconds maximum duration of a whole execution
 */
export function attemptStateMachineDefinition(arns: AttemptStateMachineArns, timeoutSeconds: number) {
  return {
    Comment: 'Claims one attempt of a job, runs it and settles it',
    TimeoutSeconds: timeoutSeconds,
    StartAt: 'Delayed',
    States: {
      Delayed: {
        Type: 'Choice',
        Choices: [{ Variable: '$.delaySeconds', NumericGreaterThan: 0, Next: 'Delay' }],
        Default: 'Dispatch',
      },
      Delay: { Type: 'Wait', SecondsPath: '$.delaySeconds', Next: 'Dispatch' },
      Dispatch: dispatchState(arns.dispatchArn),
      // The reconciler starts an unclaimed attempt again, submits an attempt on Batch again, and ends a
      // claimed attempt on Lambda as lost. A failed execution would give it no further information.
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
      Invoke: invokeState(arns.invokerRoleArn),
      SubmitBatch: submitBatchState(arns.submitBatchArn),
      ...settleStates(arns.settleArn, 'Settle', {
        'value.$': '$.payload.value',
        'requestId.$': '$.payload.requestId',
      }),
      // The report names its execution: if the call was throttled, the attempt may have been released, and
      // another execution may have claimed the same attempt number.
      ...settleStates(arns.settleArn, 'SettleFailure', {
        'error.$': '$.payload',
        'executionId.$': '$$.Execution.Id',
      }),
      ...settleStates(arns.settleArn, 'SettleUndispatched', {
        'undispatched.$': '$.payload',
        'executionId.$': '$$.Execution.Id',
      }),
    },
  } as const;
}

/** Replaces the input with the result of dispatch, a `Dispatch`. */
function dispatchState(functionArn: string) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: {
      FunctionName: functionArn,
      // The whole input, for its optional members: a path to a missing member would fail the execution.
      Payload: {
        ...attempt,
        'executionId.$': '$$.Execution.Id',
        'enteredAt.$': '$$.State.EnteredTime',
        'input.$': '$',
      },
    },
    TimeoutSeconds: 10,
    ResultSelector: { 'answer.$': '$.Payload' },
    OutputPath: '$.answer',
    Retry: [
      {
        ErrorEquals: allErrors,
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 2,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: allErrors, Next: 'LeaveToReconciler' }],
    Next: 'Route',
  };
}

/**
 * The result replaces the parameters: both together could exceed the limit of 262,144 bytes for a state. The
 * function's name comes from a definition, so it is invoked with a role that may only invoke services, not
 * with the state machine's own role
 * (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-access-cross-acct-resources.html).
 * The request ID of the invocation, with which its log is found, is part of every result of this integration
 * (https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html).
 */
const invokeState = (RoleArn: string) => ({
  Type: 'Task',
  Resource: invoke,
  Credentials: { RoleArn },
  Parameters: { 'FunctionName.$': '$.functionName', 'Payload.$': '$.payload' },
  TimeoutSecondsPath: '$.attemptTimeoutSeconds',
  ResultSelector: { 'value.$': '$.Payload', 'requestId.$': '$.SdkResponseMetadata.RequestId' },
  ResultPath: '$.payload',
  // Nothing is retried here: an error of the function itself may have the same name as a throttled call.
  Catch: [
    // States.ALL does not include this error.
    { ErrorEquals: ['States.DataLimitExceeded'], ResultPath: '$.payload', Next: 'SettleFailure' },
    { ErrorEquals: allErrors, ResultPath: '$.payload', Next: 'SettleFailure' },
  ],
  Next: 'Settle',
});

/**
 * The outcome of the attempt is reported later, by events and by its worker. If a submission is throttled,
 * the attempt is released immediately and the job waits for its turn; any other error is retried as long as
 * the execution has time.
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
      // `BatchRefusal` is the name of a `BatchRejection`.
      { ErrorEquals: ['BatchRefusal', 'BatchThrottled', ...throttled], MaxAttempts: 0 },
      {
        ErrorEquals: allErrors,
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 30,
        MaxAttempts: 10,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: [{ ErrorEquals: allErrors, ResultPath: '$.payload', Next: 'SettleUndispatched' }],
    Next: 'Done',
  };
}

/**
 * Settle may check a result for 12 s. If it takes longer, it continues, and a retry finds the attempt already
 * settled.
 */
const settleSeconds = 15;

/** Returns the state `<name>`, and the state `<name>Later` for outcomes that the first could not settle. */
function settleStates<Name extends string>(
  functionArn: string,
  name: Name,
  outcome: Readonly<Record<string, string>>,
) {
  const laterName = `${name}Later` as const;
  // Computed names widen to strings; the object has these two members.
  return {
    [name]: settleState(functionArn, outcome, laterName),
    [laterName]: settleLaterState(functionArn, outcome),
  } as { readonly [state in Name]: ReturnType<typeof settleState> } & {
    readonly [state in `${Name}Later`]: ReturnType<typeof settleLaterState>;
  };
}

/**
 * An outcome that settle could not process in time is sent to Lambda's queue of asynchronous calls: it is
 * retried for up to six hours while the function is throttled, and then kept in the failure destination
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html). So an execution ends
 * in time without losing its outcome.
 */
function settleState(functionArn: string, outcome: Readonly<Record<string, string>>, laterName: string) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: { FunctionName: functionArn, Payload: { ...attempt, ...outcome } },
    TimeoutSeconds: settleSeconds,
    ResultPath: null,
    Retry: [
      // Throttled calls fail immediately and use no time of a function.
      {
        ErrorEquals: throttled,
        IntervalSeconds: 1,
        MaxDelaySeconds: 4,
        BackoffRate: 2,
        MaxAttempts: 3,
        JitterStrategy: 'FULL',
      },
      { ErrorEquals: allErrors, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 1, JitterStrategy: 'FULL' },
    ],
    Catch: [{ ErrorEquals: allErrors, ResultPath: null, Next: laterName }],
    End: true,
  };
}

/**
 * Sends an outcome to settle's queue without waiting. If even this fails, the execution fails, and an alarm
 * counts it.
 */
function settleLaterState(functionArn: string, outcome: Readonly<Record<string, string>>) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: {
      FunctionName: functionArn,
      InvocationType: 'Event',
      Payload: { ...attempt, ...outcome },
    },
    TimeoutSeconds: 5,
    ResultPath: null,
    Retry: [
      { ErrorEquals: allErrors, IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 1, JitterStrategy: 'FULL' },
    ],
    End: true,
  };
}
