import type { AwsRequest, AwsResponse } from '../cloud.ts';
import type { ObjectStore } from './object-store.ts';
import type { S3Operation } from './s3-operation.ts';
import type { UploadStore } from './upload-store.ts';

/** What an S3 operation is carried out with. */
export interface S3Context {
  readonly store: ObjectStore;
  readonly uploads: UploadStore;
  readonly region: string;
  /** Whether the bucket is one of the app's. */
  hasBucket(name: string): boolean;
  /** Whether the caller may list the bucket: only then does S3 tell that a key holds nothing. */
  mayList(request: AwsRequest, bucket: string): boolean;
}

/** Carries out one operation. */
export type S3Handler = (
  operation: S3Operation,
  request: AwsRequest,
  context: S3Context,
) => Promise<AwsResponse>;
