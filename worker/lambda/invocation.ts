/** The run of a function, as Lambda names it in its log. */
export type Invocation = { readonly requestId: string; readonly group: string; readonly stream: string };

/**
 * Reads the invocation from the context of a Lambda handler; undefined for another second argument
 * (https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html).
 */
export function invocationOf(context: unknown): Invocation | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  const { awsRequestId, logGroupName, logStreamName } = context as Record<string, unknown>; // members of any type
  const isComplete =
    typeof awsRequestId === 'string' && typeof logGroupName === 'string' && typeof logStreamName === 'string';
  return isComplete ? { requestId: awsRequestId, group: logGroupName, stream: logStreamName } : undefined;
}

/**
 * Appends a line about the invocation to the stack of an error that the handler throws. The stack is the only part of the response
 * that Lambda's runtime adds to the name and the message, and Errand finds the log of the attempt by this line. Changes nothing that
 * has no stack, or whose stack cannot be changed.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function withInvocation(thrown: unknown, invocation: Invocation | undefined): unknown {
  if (invocation === undefined) return thrown;
  try {
    if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return thrown;
    const { requestId, group, stream } = invocation;
    thrown.stack += `\n    at Lambda invocation ${requestId} (${group} ${stream})`;
  } catch {
    // The error is still the failure of the service.
  }
  return thrown;
}
