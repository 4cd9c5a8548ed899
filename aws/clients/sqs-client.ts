import type { SQS } from '@aws-sdk/client-sqs';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates the client at the first call and returns the same client afterwards. */
export type LazySqsClient = () => Promise<SQS>;

/**
 * Returns an SQS client that is loaded at its first use, because most calls send no message. A failed load is retried. The client
 * sends to its endpoint; by default the SDK would send to the host in a queue's URL instead.
 */
export function lazySqsClient(options: ClientOptions = {}): LazySqsClient {
  let client: Promise<SQS> | undefined;
  return () => {
    client ??= loadSqsClient(options).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}

async function loadSqsClient(options: ClientOptions): Promise<SQS> {
  const sdk = await import('@aws-sdk/client-sqs');
  return new sdk.SQS({ ...clientSettings(options), useQueueUrlAsEndpoint: false });
}
