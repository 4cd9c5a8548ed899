import type { S3Client } from '@aws-sdk/client-s3';
import { type ClientOptions, clientSettings } from './client-settings.ts';

/** Makes the client when it is first asked for, and always answers the same one. */
export type LazyS3Client = () => Promise<S3Client>;

/**
 * An S3 client that is loaded and made at its first use, since most jobs never touch S3. A load that failed is
 * tried again at the next use.
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
