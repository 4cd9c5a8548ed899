/** The response of Lambda for an error that a Node.js handler threw. Step Functions passes it on as text in `Cause`. */
export type LambdaError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
};

/**
 * Runs a handler that must throw, and forms Lambda's response as its Node.js runtime does (U+007F becomes `%7F`). Source:
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client, src/Errors.js.
 */
export async function lambdaError(invoke: () => Promise<unknown>): Promise<LambdaError> {
  const error = await invoke().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('the handler did not throw an error');
  const clean = (text: string) => text.replaceAll('\u007f', '%7F');
  return {
    errorType: clean(error.name),
    errorMessage: clean(error.message),
    trace: clean(error.stack ?? '').split('\n'),
  };
}
