import type { Lambda } from '@aws-sdk/client-lambda';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Makes the client when it is first asked for, and always answers the same one. */
export type LazyLambdaClient = () => Promise<Lambda>;

/** A Lambda client that is loaded and made at its first use, which is once an hour. A load that failed is tried again at the next use. */
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
