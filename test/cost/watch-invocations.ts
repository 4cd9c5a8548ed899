import type { InvokeRequest } from '../../local/cloud.ts';
import type { CallRecord } from '../../local/gateway/call-record.ts';
import type { LocalLambda } from '../../local/lambda/start-lambda.ts';

/** The calls of functions that were made since the watch began. */
export interface InvocationWatch {
  readonly invocations: ReadonlyArray<Pick<InvokeRequest, 'functionName' | 'payload'>>;
  /** How many buffered calls have no answer yet. */
  open(): number;
}

/**
 * Notes every call that API Gateway, a state machine, a stream or a rule makes of a function from now on: all of them go
 * through this one object. What a rule's event invokes runs later, and is not among the open ones; it waits for submissions
 * to AWS Batch that are under way, for on AWS no container begins before its submission is through.
 */
export function watchInvocations(lambda: LocalLambda): InvocationWatch {
  const invocations: Array<Pick<InvokeRequest, 'functionName' | 'payload'>> = [];
  const submissions = new Set<Promise<unknown>>();
  let open = 0;
  const { invoke, invokeAsync, invokeStreaming } = lambda;
  lambda.invoke = async (request) => {
    invocations.push(request);
    open += 1;
    const answer = invoke(request);
    if (request.functionName.endsWith('errand-submit-batch')) submissions.add(answer);
    try {
      return await answer;
    } finally {
      open -= 1;
      submissions.delete(answer);
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
 * Whether all that AWS Batch told of one job has been taken in, its end included: each of its events begins with one read
 * of the job, and the last one ends with it.
 */
export function hasHeardBatchOut(
  invocations: InvocationWatch['invocations'],
  calls: readonly CallRecord[],
): boolean {
  const told = invocations.filter(({ functionName }) => functionName.endsWith('errand-batch-event'));
  const reads = calls.filter(
    ({ principal, action }) =>
      action === 'GetItem' && principal.kind === 'role' && principal.sessionName === 'errand-batch-event',
  );
  // As the rules pass it on.
  const isEnd = ({ payload }: { readonly payload: string }) =>
    (JSON.parse(payload) as { status?: string }).status === 'SUCCEEDED';
  return told.some(isEnd) && reads.length >= told.length;
}
