import type { InvokeRequest } from '../../local/cloud.ts';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import type { LocalLambda } from '../../local/lambda/start-lambda.ts';

/** The calls of functions since the watch started. */
export interface InvocationWatch {
  readonly invocations: ReadonlyArray<Pick<InvokeRequest, 'functionName' | 'payload'>>;
  /** How many buffered calls have no response yet. */
  open(): number;
}

/**
 * Records every call that API Gateway, a state machine, a stream or a rule makes of a function from now on: all of them go
 * through this one object. A function that a rule invokes runs later, and is not among the open calls; it waits for submissions
 * to AWS Batch that are in progress, because on AWS no container starts before its submission is complete.
 */
export function watchInvocations(lambda: LocalLambda): InvocationWatch {
  const invocations: Array<Pick<InvokeRequest, 'functionName' | 'payload'>> = [];
  const submissions = new Set<Promise<unknown>>();
  let open = 0;
  const { invoke, invokeAsync, invokeStreaming } = lambda;
  lambda.invoke = async (request) => {
    invocations.push(request);
    open += 1;
    const response = invoke(request);
    if (request.functionName.endsWith('errand-submit-batch')) submissions.add(response);
    try {
      return await response;
    } finally {
      open -= 1;
      submissions.delete(response);
    }
  };
  lambda.invokeAsync = async (request) => {
    invocations.push(request);
    await Promise.allSettled(submissions);
    return invokeAsync(request);
  };
  lambda.invokeStreaming = (request) => {
    invocations.push(request);
    return invokeStreaming(request);
  };
  return { invocations, open: () => open };
}

/**
 * Whether every event of AWS Batch about one job has been processed, its end included: each of its events starts with one read of
 * the job, and the last one ends with it.
 */
export function hasProcessedBatchEvents(
  invocations: InvocationWatch['invocations'],
  calls: readonly CallRecord[],
): boolean {
  const received = invocations.filter(({ functionName }) => functionName.endsWith('errand-batch-event'));
  const reads = calls.filter(
    ({ principal, action }) =>
      action === 'GetItem' && principal.kind === 'role' && principal.sessionName === 'errand-batch-event',
  );
  // In the form in which the rules pass it on.
  const isEnd = ({ payload }: { readonly payload: string }) =>
    (JSON.parse(payload) as { status?: string }).status === 'SUCCEEDED';
  return received.some(isEnd) && reads.length >= received.length;
}
