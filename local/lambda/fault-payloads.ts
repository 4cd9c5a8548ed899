/** The payload of an invocation whose user code or environment failed. */
export interface FaultPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
  /** Other members that a runtime client reports, such as `stackTrace` and `requestId`. */
  readonly [member: string]: unknown;
}

/** Creates the payload of the call with this request id. */
export type FaultOf = (requestId: string) => FaultPayload;

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

/** A signal ended the process of the function, usually because native code crashed. */
export function exitedWithSignal(requestId: string, signal: NodeJS.Signals): FaultPayload {
  return exited(requestId, `Runtime exited with error: signal: ${signalNames[signal] ?? signal}`);
}

/**
 * The processes of the function used more memory than its memory size. The type is that of Lambda's reports:
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
export function outOfMemory(requestId: string): FaultPayload {
  return { ...killed(requestId), errorType: 'Runtime.OutOfMemory' };
}

/** The program of the function could not be started; `why` is a sentence. */
export function invalidEntrypoint(requestId: string, why: string): FaultPayload {
  return { errorType: 'Runtime.InvalidEntrypoint', errorMessage: `RequestId: ${requestId} Error: ${why}` };
}

/** The response is larger than {@link maxResponseBytes}. */
export function responseTooLarge(): FaultPayload {
  return {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${maxResponseBytes} bytes).`,
  };
}

/**
 * Texts of signals in Lambda's messages, which are those of the Go library.
 * https://github.com/golang/go/blob/master/src/syscall/zerrors_linux_amd64.go
 */
const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: 'hangup',
  SIGINT: 'interrupt',
  SIGQUIT: 'quit',
  SIGILL: 'illegal instruction',
  SIGTRAP: 'trace/breakpoint trap',
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGPIPE: 'broken pipe',
  SIGTERM: 'terminated',
};

function exited(requestId: string, text: string): FaultPayload {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${text}` };
}
