import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CorsRule,
  type LifecycleRule,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface PrivateBucketProps {
  readonly removalPolicy: RemovalPolicy;
  /** If absent, objects do not expire. */
  readonly expireAfterDays?: number;
  /** When an upload in parts that was not completed is discarded; default 1. */
  readonly abortUploadsAfterDays?: number;
  /** What web pages may do with presigned URLs; by default nothing. */
  readonly cors?: readonly CorsRule[];
}

/**
 * A bucket without public access, encrypted at rest, with TLS only. It can be removed only when it is empty.
 */
export class PrivateBucket extends Bucket {
  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id, {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      removalPolicy: retainOnceInUse(props.removalPolicy),
      lifecycleRules: lifecycleRules(props),
      ...(props.cors === undefined ? {} : { cors: [...props.cors] }),
    });
  }
}

/**
 * Replaces RETAIN by a policy with which a failed first deployment removes the bucket:
 * docs/decisions/0029-what-a-failed-deployment-leaves.md
 */
function retainOnceInUse(policy: RemovalPolicy): RemovalPolicy {
  return policy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy;
}

function lifecycleRules(props: PrivateBucketProps): LifecycleRule[] {
  const uploads = {
    id: 'abort-incomplete-uploads',
    abortIncompleteMultipartUploadAfter: Duration.days(props.abortUploadsAfterDays ?? 1),
  };
  if (props.expireAfterDays === undefined) return [uploads];
  return [uploads, { id: 'expire', expiration: Duration.days(props.expireAfterDays) }];
}
