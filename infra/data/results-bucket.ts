import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { grantWildcard } from '../settings/wildcard-permission.ts';
import { PrivateBucket } from './private-bucket.ts';

export interface ResultsBucketProps {
  readonly removalPolicy: RemovalPolicy;
}

/** Stores parameters and results that are too large for the table. */
export class ResultsBucket extends Construct {
  readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, props: ResultsBucketProps) {
    super(scope, id);
    this.bucket = new PrivateBucket(this, 'Bucket', props);
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only functions of Errand access the objects and they log each job; access logs would cost more than the objects.',
    });
  }

  /**
   * Permits reading objects. Without the permission to list, S3 returns 403 instead of 404 for a missing
   * object. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
    this.#grantObjects(grantee, 's3:GetObject');
  }

  grantWrite(grantee: IGrantable): void {
    this.#grantObjects(grantee, 's3:PutObject');
  }

  /** Permits listing and deleting objects. */
  grantRemove(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
    this.#grantObjects(grantee, 's3:DeleteObject');
  }

  #grantObjects(grantee: IGrantable, action: string) {
    grantWildcard(grantee, {
      actions: [action],
      resourceArn: this.bucket.arnForObjects('*'),
      reason:
        'Each large body is an object with its own key, which is unknown here; the permission covers one bucket only.',
    });
  }
}
