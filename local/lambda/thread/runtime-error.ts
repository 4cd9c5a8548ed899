import type { FaultPayload } from '../fault-payloads.ts';

/** A fault that Lambda's Node.js runtime names itself, such as `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(errorType: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = errorType;
  }
}

/**
 * What a thrown value becomes in the answer: name, message and stack of an error; the type and the text of
 * anything else.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function toFault(thrown: unknown): FaultPayload {
  if (thrown instanceof Error) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      trace: (thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}
