import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates the client at the first call and returns the same client afterwards. */
export type LazyLogsClient = () => Promise<CloudWatchLogs>;

/**
 * Returns a CloudWatch Logs client that is loaded at its first use, because few calls read logs. A failed
 * load is retried at the next use.
 */
export function lazyLogsClient(options: ClientOptions = {}): LazyLogsClient {
  let client: Promise<CloudWatchLogs> | undefined;
  return () => {
    client ??= loadLogsClient(options).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}

async function loadLogsClient(options: ClientOptions): Promise<CloudWatchLogs> {
  const sdk = await import('@aws-sdk/client-cloudwatch-logs');
  return new sdk.CloudWatchLogs(clientSettings(options));
}
