import type { S3Client } from '@aws-sdk/client-s3';
import { omitUndefined } from '../../core/std/omit-undefined.ts';

/**
 * Removes every object whose key begins so, 1,000 at a time, as many as one listing gives and one deletion takes
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html). Throws when S3 kept one of them.
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
      const [fault] = (await s3.send(command)).Errors ?? [];
      if (fault !== undefined) throw new Error(`S3 kept ${fault.Key}: ${fault.Code} ${fault.Message}`);
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}
