import type { Batch } from '@aws-sdk/client-batch';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Makes the client when it is first asked for, and always answers the same one. */
export type LazyBatchClient = () => Promise<Batch>;

/**
 * An AWS Batch client that is loaded and made at its first use, since most jobs are not for Batch. It has the common time
 * limits and tries each call once: SubmitJob knows no idempotency token, so a second try of a call whose answer was lost
 * would run a job twice. Whoever calls looks first and tries again. A load that failed is tried again at the next use.
 */
export function lazyBatchClient(options: ClientOptions = {}): LazyBatchClient {
  let client: Promise<Batch> | undefined;
  return () => {
    client ??= loadBatchClient(options).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}

async function loadBatchClient(options: ClientOptions): Promise<Batch> {
  const sdk = await import('@aws-sdk/client-batch');
  return new sdk.Batch({ ...clientSettings(options), maxAttempts: 1 });
}
