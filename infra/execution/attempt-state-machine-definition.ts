import { Aws } from 'aws-cdk-lib';

export interface AttemptStateMachineTargets {
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
/** What Lambda answers for want of capacity. */
const throttled = ['Lambda.TooManyRequestsException'];
const attempt = { 'tenant.$': '$.tenant', 'jobId.$': '$.jobId', 'attempt.$': '$.attempt' };

/**
 * How one attempt of a job is carried out, in the Amazon States Language with JSONPath. The input is
 * `{tenant, jobId, attempt, start, delaySeconds}`; the usual path has as few states as it can, because
 * Standard executions are paid by the state.
 */
export function attemptStateMachineDefinition(targets: AttemptStateMachineTargets) {
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
      ...settling(targets.settleArn, 'Settle', { 'value.$': '$.payload.value' }),
      // Another execution may have claimed the attempt meanwhile, under the same number if this one was refused.
      ...settling(targets.settleArn, 'SettleFailure', {
        'error.$': '$.payload',
        'executionId.$': '$$.Execution.Id',
      }),
      ...settling(targets.settleArn, 'SettleUndispatched', {
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
        ErrorEquals: anyFault,
        IntervalSeconds: 1,
        BackoffRate: 2,
        MaxAttempts: 2,
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
      { ErrorEquals: ['BatchRefusal', 'BatchThrottled', ...throttled], MaxAttempts: 0 },
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

/** Settle may check a result for 12 s. One that takes longer goes on, and what is tried meanwhile finds its work done. */
const settleSeconds = 15;

/** The state of that name, and the one behind it that takes what it could not settle. */
function settling<Name extends string>(
  functionArn: string,
  name: Name,
  outcome: Readonly<Record<string, string>>,
) {
  const later = `${name}Later` as const;
  // Computed names widen to strings; the object has these two members.
  return {
    [name]: settleState(functionArn, outcome, later),
    [later]: settleLaterState(functionArn, outcome),
  } as { readonly [state in Name]: ReturnType<typeof settleState> } & {
    readonly [state in `${Name}Later`]: ReturnType<typeof settleLaterState>;
  };
}

/**
 * An outcome that settle could not take in time goes to the queue that Lambda keeps of asynchronous calls: it lasts as long as the
 * function is throttled, for six hours, and its failure destination keeps what is left
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html). So an execution ends in time, and no
 * outcome with it.
 */
function settleState(functionArn: string, outcome: Readonly<Record<string, string>>, later: string) {
  return {
    Type: 'Task',
    Resource: invoke,
    Parameters: { FunctionName: functionArn, Payload: { ...attempt, ...outcome } },
    TimeoutSeconds: settleSeconds,
    ResultPath: null,
    Retry: [
      // Throttled calls are answered at once, and take no time of a function.
      {
        ErrorEquals: throttled,
        IntervalSeconds: 1,
        MaxDelaySeconds: 4,
        BackoffRate: 2,
        MaxAttempts: 3,
        JitterStrategy: 'FULL',
      },
      { ErrorEquals: anyFault, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 1, JitterStrategy: 'FULL' },
    ],
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: later }],
    End: true,
  };
}

/** Hands an outcome to settle's queue, and waits for nothing. An execution that cannot even do this fails, and an alarm counts it. */
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
      { ErrorEquals: anyFault, IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 1, JitterStrategy: 'FULL' },
    ],
    End: true,
  };
}
