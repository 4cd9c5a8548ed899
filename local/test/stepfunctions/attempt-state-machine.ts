/** A definition with the structure of the attempt state machine: delay, dispatch, route, invoke, settle. */
export const router = {
  StartAt: 'Delay?',
  States: {
    'Delay?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.delaySeconds', NumericGreaterThan: 0, Next: 'Wait' }],
      Default: 'Dispatch',
    },
    Wait: { Type: 'Wait', SecondsPath: '$.delaySeconds', Next: 'Dispatch' },
    Dispatch: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: 'dispatch',
        Payload: {
          'job.$': '$.job',
          'executionId.$': '$$.Execution.Id',
          'startTime.$': '$$.Execution.StartTime',
        },
      },
      OutputPath: '$.Payload',
      Retry: [
        {
          ErrorEquals: ['Lambda.TooManyRequestsException'],
          IntervalSeconds: 1,
          MaxAttempts: 3,
          BackoffRate: 2,
        },
      ],
      Next: 'Route',
    },
    Route: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.route', StringEquals: 'lambda', Next: 'Invoke' },
        { Variable: '$.route', StringEquals: 'none', Next: 'Done' },
      ],
      Default: 'Unroutable',
    },
    Invoke: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { 'FunctionName.$': '$.functionName', 'Payload.$': '$.payload' },
      TimeoutSecondsPath: '$.timeoutSeconds',
      ResultSelector: { 'result.$': '$.Payload' },
      ResultPath: '$.payload',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.payload', Next: 'Settle' }],
      Next: 'Settle',
    },
    Settle: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'settle', 'Payload.$': '$' },
      ResultPath: null,
      Next: 'Done',
    },
    Done: { Type: 'Succeed' },
    Unroutable: { Type: 'Fail', Error: 'Unroutable', Cause: 'no such route' },
  },
};
