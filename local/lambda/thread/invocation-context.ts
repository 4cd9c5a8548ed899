import type { ThreadSettings } from './protocol.ts';

/** The parts of one invocation that its context shows. */
export interface ContextRequest {
  readonly requestId: string;
  readonly functionArn: string;
  readonly deadlineEpochMilliseconds: number;
}

/**
 * The second argument of a handler.
 * `callbackWaitsForEmptyEventLoop` can be set but does not hold back the answer: a thread is never frozen.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function invocationContext(settings: ThreadSettings, request: ContextRequest): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: request.functionArn,
    memoryLimitInMB: String(settings.memoryMegabytes),
    awsRequestId: request.requestId,
    logGroupName: settings.logGroupName,
    logStreamName: settings.logStreamName,
    getRemainingTimeInMillis: () => request.deadlineEpochMilliseconds - Date.now(),
  };
}
