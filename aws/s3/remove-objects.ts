import type { S3Client } from '@aws-sdk/client-s3';
import { omitUndefined } from '../../core/std/omit-undefined.ts';

/**
 * Removes all objects with a key prefix, 1,000 at a time, which is the limit of one listing and of one
 * deletion (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html). Throws when S3 could not
 * delete one.
 */
export async function removeObjects(s3: S3Client, Bucket: string, Prefix: string): Promise<void> {
  const { DeleteObjectsCommand, ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({
        Bucket,
        Prefix,
        ...omitUndefined({ ContinuationToken }),
      }),
    );
    const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
    if (Objects.length > 0) {
      const command = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
      const [failure] = (await s3.send(command)).Errors ?? [];
      if (failure !== undefined)
        throw new Error(`S3 could not delete ${failure.Key}: ${failure.Code} ${failure.Message}`);
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
