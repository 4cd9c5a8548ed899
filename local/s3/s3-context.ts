import type { AwsRequest, AwsResponse } from '../cloud.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Operation } from './s3-operation.ts';
import type { UploadStore } from './upload-store.ts';

/** Dependencies of S3 operations. */
export interface S3Context {
  readonly store: ObjectStore;
  readonly uploads: UploadStore;
  /** The multipart uploads whose parts are being joined, by ID. */
  readonly completing: Map<string, Promise<AwsResponse>>;
  /** Time in epoch milliseconds. */
  now(): number;
  /** Reports whether the bucket is one of the app's. */
  hasBucket(name: string): boolean;
  /** Reports whether the caller may list the bucket. Only then does S3 report that a key has no object. */
  mayList(request: AwsRequest, bucket: string): boolean;
}

/** Executes an operation. */
export type S3Handler = (
  operation: S3Operation,
  request: AwsRequest,
  context: S3Context,
) => Promise<AwsResponse>;
