import type { AccessCheck, AwsRequest } from '../cloud.ts';
import { signedAt } from '../gateway/check-claims.ts';
import { deletedKeys } from './request-xml.ts';
import { type S3OperationName, s3Operation } from './s3-operation.ts';

/** IAM action per operation that needs only one action on a bucket or object. */
const actionsByOperation: Readonly<Record<S3OperationName, string>> = {
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  DeleteObjects: 's3:DeleteObject',
  ListObjectsV2: 's3:ListBucket',
  CreateMultipartUpload: 's3:PutObject',
  UploadPart: 's3:PutObject',
  CompleteMultipartUpload: 's3:PutObject',
  AbortMultipartUpload: 's3:AbortMultipartUpload',
  ListParts: 's3:ListMultipartUploadParts',
};

const listKeys = ['prefix', 'delimiter', 'max-keys'];

/**
 * Returns the permissions that an S3 request needs.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function s3Checks(request: AwsRequest): readonly AccessCheck[] {
  const { name, bucket, key, query } = s3Operation(request);
  const action = actionsByOperation[name];
  const context = signatureAge(query);
  if (name === 'DeleteObjects') {
    return deletedKeys(request.body).map((each) => ({ action, resource: objectArn(bucket, each), context }));
  }
  if (key === '') {
    const listed = listKeys.flatMap((each) => {
      const value = query.get(each);
      return value === null ? [] : [[`s3:${each}`, value] as const];
    });
    const resource = `arn:aws:s3:::${bucket}`;
    return [{ action, resource, context: { ...context, ...Object.fromEntries(listed) } }];
  }
  return [{ action, resource: objectArn(bucket, key), context }];
}

/**
 * Returns the condition key with the age of a signature in milliseconds. Only presigned URLs have it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
 */
function signatureAge(query: URLSearchParams): Readonly<Record<string, string>> {
  const amzDate = query.get('X-Amz-Date');
  return amzDate === null ? {} : { 's3:signatureAge': String(Date.now() - signedAt(amzDate)) };
}

function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}
