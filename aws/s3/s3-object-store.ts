import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { LazyS3Client } from '../clients/s3-client.ts';
import { dropDefaultChecksum } from './drop-default-checksum.ts';
import { readObject } from './read-object.ts';
import { removeObjects } from './remove-objects.ts';

/**
 * Stores JSON objects in an S3 bucket. The SDK is loaded at the first use. A role that reads must also be
 * allowed `s3:ListBucket`: without it S3 returns 403 instead of 404 for a missing object, and `get` throws
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html). `presignGet` accepts lifetimes of 1
 * to 604,800 s; a URL never outlives the credentials that signed it.
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
    async get(key, accepts) {
      return readObject(await client(), { Bucket, Key: key }, accepts);
    },
    async presignGet(key, lifetimeSeconds, served) {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const s3 = await client();
      const response = served && {
        ResponseContentType: served.mediaType,
        ResponseContentDisposition: served.isInline ? 'inline' : 'attachment',
      };
      const command = new GetObjectCommand({ Bucket, Key: key, ...response });
      return getSignedUrl(s3, command, { expiresIn: lifetimeSeconds });
    },
    async presignPut(key, lifetimeSeconds, sizeBytes) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const s3 = await client();
      const command = new PutObjectCommand({ Bucket, Key: key, ContentLength: sizeBytes });
      command.middlewareStack.add(dropDefaultChecksum, { step: 'build', priority: 'low' });
      return getSignedUrl(s3, command, { expiresIn: lifetimeSeconds });
    },
    async removeAll(prefix) {
      await removeObjects(await client(), Bucket, prefix);
    },
  };
}
