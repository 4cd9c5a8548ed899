import type { S3Client } from '@aws-sdk/client-s3';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Creates the client at the first call and returns the same client afterwards. */
export type LazyS3Client = () => Promise<S3Client>;

/**
 * Returns an S3 client that is loaded at its first use, because most jobs do not use S3. A failed load is
 * retried at the next use.
 */
export function lazyS3Client(options: ClientOptions = {}): LazyS3Client {
  let client: Promise<S3Client> | undefined;
  return () => {
    client ??= loadS3Client(options).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    return client;
  };
}

async function loadS3Client(options: ClientOptions): Promise<S3Client> {
  const sdk = await import('@aws-sdk/client-s3');
  return new sdk.S3Client(clientSettings(options));
}
