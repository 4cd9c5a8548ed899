import { throttled } from '../aws-error.ts';
import type { FunctionInvoker, InvokeRequest } from '../cloud.ts';

/**
 * A fault that is injected into a call between two services: the response is lost after the function has run,
 * the function runs twice, as Lambda documents for retries of its callers, or the call is throttled and the
 * function does not run.
 */
export type InvocationFault = 'lose-answer' | 'run-twice' | 'throttle';

/** Called once for each synchronous call; undefined injects no fault. */
export type InvocationFaultHook = (
  call: Pick<InvokeRequest, 'functionName' | 'payload'>,
) => InvocationFault | undefined;

/**
 * Wraps an invoker so that the hook can inject faults into synchronous calls. A lost response throws, as a
 * broken connection does.
 */
export function faultyInvoker(
  invoker: FunctionInvoker,
  fault: InvocationFaultHook | undefined,
): FunctionInvoker {
  if (fault === undefined) return invoker;
  return {
    invokeAsync: (request) => invoker.invokeAsync(request),
    invokeStreaming: (request) => invoker.invokeStreaming(request),
    invoke: async (request) => {
      const harm = fault(request);
      if (harm === 'throttle') throw throttled('ConcurrentInvocationLimitExceeded');
      if (harm === 'run-twice') await invoker.invoke(request);
      const result = await invoker.invoke(request);
      if (harm === 'lose-answer')
        throw new Error(`injected fault: the response of ${request.functionName} was lost`);
      return result;
    },
  };
}
