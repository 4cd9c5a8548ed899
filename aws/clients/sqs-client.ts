import type { SQSClient } from '@aws-sdk/client-sqs';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates the client at the first call and returns the same client afterwards. */
export type LazySqsClient = () => Promise<SQSClient>;

/**
 * Returns an SQS client that is loaded at its first use, because most calls send no message. A failed load is retried at the next
 * use.
 */
export function lazySqsClient(options: ClientOptions = {}): LazySqsClient {
  let client: Promise<SQSClient> | undefined;
  return () => {
    client ??= loadSqsClient(options).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}

async function loadSqsClient(options: ClientOptions): Promise<SQSClient> {
  const sdk = await import('@aws-sdk/client-sqs');
  // The client sends to its endpoint, such as that of a local service. By default it would send to the host in the URL of a queue.
  return new sdk.SQSClient({ ...clientSettings(options), useQueueUrlAsEndpoint: false });
}
