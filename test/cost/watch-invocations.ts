import type { InvokeRequest } from '../../local/cloud.ts';
import type { LocalLambda } from '../../local/lambda/start-lambda.ts';

/** The calls of functions that were made since the watch began. */
export interface InvocationWatch {
  readonly invocations: ReadonlyArray<Pick<InvokeRequest, 'functionName' | 'payload'>>;
  /** How many buffered calls have no answer yet. */
  open(): number;
}

/**
 * Notes every call that API Gateway, a state machine or a stream makes of a function from now on: all of them go
 * through this one object. What EventBridge invokes later is not seen.
 */
export function watchInvocations(lambda: LocalLambda): InvocationWatch {
  const invocations: Array<Pick<InvokeRequest, 'functionName' | 'payload'>> = [];
  let open = 0;
  const { invoke, invokeStreaming } = lambda;
  lambda.invoke = async (request) => {
    invocations.push(request);
    open += 1;
    try {
      return await invoke(request);
    } finally {
      open -= 1;
    }
  };
  lambda.invokeStreaming = (request) => {
    invocations.push(request);
    return invokeStreaming(request);
  };
  return { invocations, open: () => open };
}
