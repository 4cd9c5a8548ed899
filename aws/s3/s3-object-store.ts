import type { ObjectStore } from '../../core/ports/object-store.ts';
import type { LazyS3Client } from '../clients/s3-client.ts';
import { readObject } from './read-object.ts';
import { removeObjects } from './remove-objects.ts';

/** The input of a middleware step, which contains the request to sign. */
interface SignedInput {
  readonly request?: unknown;
}

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
    async presignGet(key, lifetimeSeconds, mediaType) {
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const s3 = await client();
      const type = mediaType === undefined ? {} : { ResponseContentType: mediaType };
      const command = new GetObjectCommand({ Bucket, Key: key, ...type });
      return getSignedUrl(s3, command, { expiresIn: lifetimeSeconds });
    },
    async presignPut(key, lifetimeSeconds, sizeBytes) {
      const { PutObjectCommand } = await import('@aws-sdk/client-s3');
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const s3 = await client();
      const command = new PutObjectCommand({ Bucket, Key: key, ContentLength: sizeBytes });
      command.middlewareStack.add(dropChecksum, { step: 'build', priority: 'low' });
      return getSignedUrl(s3, command, { expiresIn: lifetimeSeconds });
    },
    async removeAll(prefix) {
      await removeObjects(await client(), Bucket, prefix);
    },
  };
}

/**
 * Removes the checksum headers. Otherwise the URL would contain the checksum of an empty body, which the SDK
 * adds itself, and S3 would reject any other body.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html
 */
function dropChecksum<Input extends SignedInput, Output>(next: (input: Input) => Promise<Output>) {
  return (input: Input): Promise<Output> => {
    // At this step of the SDK, the request has its headers.
    const { headers } = input.request as { readonly headers: Record<string, string> };
    for (const name of Object.keys(headers)) {
      if (/^x-amz-(?:sdk-)?checksum-/i.test(name)) delete headers[name];
    }
    return next(input);
  };
}
