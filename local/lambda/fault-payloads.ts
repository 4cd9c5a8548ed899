/** The payload of an invocation whose user code or environment failed. */
export interface FaultPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/**
 * Maximum size of a synchronous invocation's response in bytes: 6 MiB and, according to Lambda's own message,
 * 100 more.
 */
export const maxResponseBytes = 6_291_556;

/** The function exceeded its time limit. */
export function timedOut(requestId: string, timeoutSeconds: number): FaultPayload {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}

/** The environment was ended from outside, usually because of its memory limit. */
export function killed(requestId: string): FaultPayload {
  return exited(requestId, 'Runtime exited with error: signal: killed');
}

/** User code ended its own environment. Status 0 is an error too, because there is no response. */
export function exitedWithStatus(requestId: string, exitStatus: number): FaultPayload {
  const text =
    exitStatus === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: exit status ${exitStatus}`;
  return exited(requestId, text);
}

/** The response is larger than {@link maxResponseBytes}. */
export function responseTooLarge(): FaultPayload {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
  };
}

function exited(requestId: string, text: string): FaultPayload {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${text}` };
}
