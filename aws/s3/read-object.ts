import { Readable } from 'node:stream';
import type { GetObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore, ReadObject } from '../../core/ports/object-store.ts';

/**
 * Reads an object from S3 in one request; undefined when it does not exist. The size and the media type are
 * headers of the response with the content, and S3 never mixes two versions of an object in one response
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel), so replacing the
 * object cannot make the reader read more than it accepted.
 */
export async function readObject(
  s3: S3Client,
  from: Pick<GetObjectCommandInput, 'Bucket' | 'Key'>,
  accepts: Parameters<ObjectStore['get']>[1],
): Promise<ReadObject | undefined> {
  const { GetObjectCommand, NoSuchKey } = await import('@aws-sdk/client-s3');
  try {
    const response = await s3.send(new GetObjectCommand(from));
    const {
      Body: body,
      ContentLength: sizeBytes,
      ContentType: mediaType = 'application/octet-stream',
    } = response;
    if (body === undefined || sizeBytes === undefined)
      throw new Error(`S3 returned ${from.Key} without a size`);
    const object = { sizeBytes, mediaType };
    if (accepts(object)) return { ...object, bytes: await body.transformToByteArray() };
    // Closes the connection, which an unread body would occupy forever.
    if (body instanceof Readable) body.destroy();
    return object;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
