import type { Lambda } from '@aws-sdk/client-lambda';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates the client at the first call and returns the same client afterwards. */
export type LazyLambdaClient = () => Promise<Lambda>;

/**
 * Returns a Lambda client that is loaded at its first use, because it is used only once an hour. A failed
 * load is retried at the next use.
 */
export function lazyLambdaClient(options: ClientOptions = {}): LazyLambdaClient {
  let client: Promise<Lambda> | undefined;
  return () => {
    client ??= loadLambdaClient(options).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}

async function loadLambdaClient(options: ClientOptions): Promise<Lambda> {
  const sdk = await import('@aws-sdk/client-lambda');
  return new sdk.Lambda(clientSettings(options));
}
