/** What an invocation answers when user code or its environment failed. */
export interface FaultPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Bytes that the answer of a synchronous invocation may have: 6 MiB and, as Lambda's own message says, 100 more. */
export const MAXIMUM_RESPONSE_BYTES = 6_291_556;

/** The function did not answer within its time limit. */
export function timedOut(requestId: string, timeoutSeconds: number): FaultPayload {
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  };
}

/** The environment was ended from outside, most often for lack of memory. */
export function killed(requestId: string): FaultPayload {
  return exited(requestId, 'Runtime exited with error: signal: killed');
}

/** User code ended its own environment. Status 0 is an error too: no answer was given. */
export function exitedWithStatus(requestId: string, exitStatus: number): FaultPayload {
  const text =
    exitStatus === 0
      ? 'Runtime exited without providing a reason'
      : `Runtime exited with error: exit status ${exitStatus}`;
  return exited(requestId, text);
}

/** The answer is larger than {@link MAXIMUM_RESPONSE_BYTES}. */
export function responseTooLarge(): FaultPayload {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`,
  };
}

function exited(requestId: string, text: string): FaultPayload {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${text}` };
}
