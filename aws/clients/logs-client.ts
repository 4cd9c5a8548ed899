import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Makes the client when it is first asked for, and always answers the same one. */
export type LazyLogsClient = () => Promise<CloudWatchLogs>;

/**
 * A CloudWatch Logs client that is loaded and made at its first use, since few calls ask for logs. A load that failed is
 * tried again at the next use.
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
