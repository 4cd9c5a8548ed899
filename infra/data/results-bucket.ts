import { AnyPrincipal, Effect, Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type CorsRule, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { type RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { grantWildcard } from '../settings/wildcard-permission.ts';
import { PrivateBucket } from './private-bucket.ts';

export interface ResultsBucketProps {
  readonly removalPolicy: RemovalPolicy;
  /** Origins whose web pages may use presigned URLs. */
  readonly corsOrigins: readonly string[];
}

/** Permissions on the content of data objects. Creating an upload in parts needs `PutObject` too. */
type ContentAction =
  | 'GetObject'
  | 'PutObject'
  | 'DeleteObject'
  | 'ListMultipartUploadParts'
  | 'AbortMultipartUpload';

const contentPattern = 'tenants/*/data/*';

/** A presigned URL of the content of a data object is valid for 15 minutes at most. */
const maxSignatureAgeMs = 900_000;

/** An interrupted upload of a data object can be resumed for a week. Lifecycle rules count whole days. */
const abortUploadsAfterDays = 7;

/** Stores the content of data objects, and parameters and results that are too large for the table. */
export class ResultsBucket extends Construct {
  readonly bucket: PrivateBucket;

  constructor(scope: Construct, id: string, props: ResultsBucketProps) {
    super(scope, id);
    const { removalPolicy, corsOrigins } = props;
    this.bucket = new PrivateBucket(this, 'Bucket', {
      removalPolicy,
      abortUploadsAfterDays,
      ...(corsOrigins.length === 0 ? {} : { cors: [pageRule(corsOrigins)] }),
    });
    this.#denyOldSignatures();
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'Only functions of Errand access the objects and they log each job; access logs would cost more than the objects.',
    });
  }

  /**
   * Permits reading parameters and results of jobs. Without the permission to list, S3 returns 403 instead of 404 for a missing
   * object. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  grantRead(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
    this.#grantObjects(grantee, 's3:GetObject');
  }

  /** Permits writing parameters and results of jobs. */
  grantWrite(grantee: IGrantable): void {
    this.#grantObjects(grantee, 's3:PutObject');
  }

  /** Permits listing objects, and deleting parameters and results of jobs. */
  grantRemove(grantee: IGrantable): void {
    Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [this.bucket.bucketArn] });
    this.#grantObjects(grantee, 's3:DeleteObject');
  }

  /** Permits actions on the content of data objects, also for those who have a URL that the grantee presigned. */
  grantContent(grantee: IGrantable, ...actions: readonly ContentAction[]): void {
    grantWildcard(grantee, {
      actions: actions.map((action) => `s3:${action}`),
      resourceArn: this.bucket.arnForObjects(contentPattern),
      reason: 'Tenants and IDs of data objects are unknown here; the permission covers their content only.',
    });
  }

  #grantObjects(grantee: IGrantable, action: string) {
    grantWildcard(grantee, {
      actions: [action],
      resourceArn: this.bucket.arnForObjects('tenants/*/jobs/*'),
      reason:
        'Each large body is an object with its own key, which is unknown here; the permission covers jobs only.',
    });
  }

  /**
   * Refuses content to URLs that are older, whoever presigned them. URLs of large parameters are valid for as long
   * as an attempt. https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
   */
  #denyOldSignatures() {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:*'],
        resources: [this.bucket.arnForObjects(contentPattern)],
        conditions: { NumericGreaterThan: { 's3:signatureAge': String(maxSignatureAgeMs) } },
      }),
    );
  }
}

/**
 * What a web page may do with a presigned URL: upload, and download the whole content or a range. Only the headers of these requests
 * are allowed. A browser that follows a redirect of the API sends the key of the request along; because its header is not allowed,
 * the browser stops before it sends the key to S3. https://fetch.spec.whatwg.org/#http-redirect-fetch
 */
function pageRule(origins: readonly string[]): CorsRule {
  return {
    allowedOrigins: [...origins],
    allowedMethods: [HttpMethods.GET, HttpMethods.HEAD, HttpMethods.PUT],
    allowedHeaders: ['content-type', 'if-match', 'if-none-match', 'if-range', 'range', 'x-amz-checksum-*'],
    exposedHeaders: [
      ...['Accept-Ranges', 'Content-Disposition', 'Content-Range', 'ETag', 'x-amz-request-id'],
      ...['x-amz-checksum-crc64nvme', 'x-amz-checksum-sha256'],
    ],
    // Chromium keeps the response to a preflight request for two hours at most.
    maxAge: 7200,
  };
}
