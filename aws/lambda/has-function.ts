import type { LazyLambdaClient } from '../clients/lambda-client.ts';

/**
 * Returns whether a function exists. Of the calls that fail for a missing function, GetFunctionConcurrency is the one
 * whose response contains neither the code nor the environment of the function.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
 */
export async function hasFunction(
  client: LazyLambdaClient,
  functionName: string,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    await (await client()).getFunctionConcurrency({ FunctionName: functionName }, { abortSignal });
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return false;
    throw error;
  }
}
