import type { ObjectStore } from '../core/ports/object-store.ts';
import type { LazyS3Client } from './clients/s3-client.ts';

/**
 * JSON objects in one S3 bucket. The SDK is loaded at the first use. A role that reads must also be allowed
 * `s3:ListBucket`: without it S3 answers a missing object with 403 instead of 404, and `get` throws
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
 * `presignGet` takes lifetimes of 1 to 604,800 s; an address never outlives the credentials that signed it.
 */
export function s3ObjectStore(deps: {
  readonly client: LazyS3Client;
  readonly bucketName: string;
}): ObjectStore {
  const { client, bucketName: Bucket } = deps;
  return {
    async put(key, json) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const s3 = await client();
      await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: json, ContentType: 'application/json' }));
    },
    async get(key) {
      const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
      const s3 = await client();
      try {
        const { Body: body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }));
        return await body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async presignGet(key, lifetimeSeconds) {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const s3 = await client();
      return getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: key }), { expiresIn: lifetimeSeconds });
    },
  };
}
