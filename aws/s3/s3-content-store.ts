import type { HeadObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import type { ContentDescription, ContentStore } from '../../core/ports/data/content-store.ts';
import { omitUndefined } from '../../core/std/omit-undefined.ts';
import type { LazyS3Client } from '../clients/s3-client.ts';

/**
 * Stores the content of data objects in an S3 bucket. The SDK is loaded at the first use. A role that describes
 * content must also be allowed `s3:ListBucket`: without it S3 returns 403 instead of 404 for missing content
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
 */
export function s3ContentStore(deps: {
  readonly client: LazyS3Client;
  readonly bucketName: string;
}): ContentStore {
  const { client, bucketName: Bucket } = deps;
  const target = async (Key: string) => ({ s3: await client(), Bucket, Key });
  const presigning = () => import('./presign-content.ts');
  const multipart = () => import('./multipart-content.ts');
  return {
    async presignUpload(key, upload, lifetimeSeconds) {
      const { presignUpload } = await presigning();
      return presignUpload({ ...(await target(key)), lifetimeSeconds }, upload);
    },
    async beginParts(key) {
      const { beginParts } = await multipart();
      return beginParts(await target(key));
    },
    async presignParts(key, uploadId, { parts, lifetimeSeconds }) {
      const { presignParts } = await import('./presign-parts.ts');
      return presignParts({ ...(await target(key)), lifetimeSeconds }, uploadId, parts);
    },
    async listParts(key, uploadId, query) {
      const { listParts } = await multipart();
      return listParts({ ...(await target(key)), UploadId: uploadId }, query);
    },
    async completeParts(key, uploadId, completion) {
      const { completeParts } = await multipart();
      return completeParts({ ...(await target(key)), UploadId: uploadId }, completion);
    },
    async abortParts(key, uploadId) {
      const { abortParts } = await multipart();
      return abortParts({ ...(await target(key)), UploadId: uploadId });
    },
    async describe(key) {
      return describeContent(await client(), { Bucket, Key: key });
    },
    async presignDownload(key, { lifetimeSeconds, ...download }) {
      const { presignDownload } = await presigning();
      return presignDownload({ ...(await target(key)), lifetimeSeconds }, download);
    },
    async remove(key) {
      const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
      await (await client()).send(new DeleteObjectCommand({ Bucket, Key: key }));
    },
  };
}

async function describeContent(
  s3: S3Client,
  from: Pick<HeadObjectCommandInput, 'Bucket' | 'Key'>,
): Promise<ContentDescription | undefined> {
  const { HeadObjectCommand, NotFound } = await import('@aws-sdk/client-s3');
  try {
    const head = await s3.send(new HeadObjectCommand({ ...from, ChecksumMode: 'ENABLED' }));
    const { ContentLength: sizeBytes, ChecksumCRC64NVME: crc64nvme, ChecksumSHA256 } = head;
    if (sizeBytes === undefined) throw new Error(`S3 returned ${from.Key} without a size`);
    const sha256 = ChecksumSHA256 && Buffer.from(ChecksumSHA256, 'base64').toString('hex');
    return { sizeBytes, ...omitUndefined({ crc64nvme, sha256 }) };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
