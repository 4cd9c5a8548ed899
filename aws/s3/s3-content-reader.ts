import type { ContentReader } from '../../core/ports/operations/content-reader.ts';
import type { LazyS3Client } from '../clients/s3-client.ts';

/**
 * Reads parts of the objects in a bucket. The SDK is loaded at the first use. The role must also be allowed `s3:ListBucket`: without
 * it S3 returns 403 instead of 404 for a missing object, and `read` throws
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
 */
export function s3ContentReader(deps: {
  readonly client: LazyS3Client;
  readonly bucketName: string;
}): ContentReader {
  return {
    async read(key, { start, end }) {
      const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
      const s3 = await deps.client();
      // Both positions of a range are inclusive (RFC 9110, 14.1.2).
      const Range = `bytes=${start}-${end - 1}`;
      try {
        const { Body: body } = await s3.send(
          new GetObjectCommand({ Bucket: deps.bucketName, Key: key, Range }),
        );
        if (body === undefined) throw new Error(`S3 returned ${key} without a body`);
        return await body.transformToByteArray();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  };
}
