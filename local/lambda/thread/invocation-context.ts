import type { ThreadSettings } from './protocol.ts';

/** The parts of an invocation that its context contains. */
export interface ContextRequest {
  readonly requestId: string;
  readonly functionArn: string;
  readonly deadlineAt: number;
}

/**
 * Creates the second argument of a handler. `callbackWaitsForEmptyEventLoop` can be set but does not delay
 * the response, because a thread is never frozen.
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
    getRemainingTimeInMillis: () => request.deadlineAt - Date.now(),
  };
}
