import type { FunctionInvoker, InvokeRequest } from '../cloud.ts';
import { throttled } from './concurrency.ts';

/**
 * What happens to a call between two services: its answer gets lost after the function has run, the function runs twice
 * for it, as Lambda says of its callers' retries, or it is throttled and the function does not run.
 */
export type InvocationFault = 'lose-answer' | 'run-twice' | 'throttle';

/** Asked once for each synchronous call; undefined lets it pass unharmed. */
export type InvocationFaultHook = (
  call: Pick<InvokeRequest, 'functionName' | 'payload'>,
) => InvocationFault | undefined;

/** The same invoker, whose synchronous calls the hook may harm. A lost answer throws, as a broken connection does. */
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
        throw new Error(`the answer of ${request.functionName} was lost on purpose`);
      return result;
    },
  };
}
