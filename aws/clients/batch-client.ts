import type { Batch } from '@aws-sdk/client-batch';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates the client at the first call and returns the same client afterwards. */
export type LazyBatchClient = () => Promise<Batch>;

/**
 * Returns an AWS Batch client that is loaded and created at its first use, because most jobs do not run on
 * Batch. It has the common timeouts and tries each call once: SubmitJob has no idempotency token, so a retry
 * after a lost response would run a job twice. Callers look up the job before they retry. A failed load is
 * retried at the next use.
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
