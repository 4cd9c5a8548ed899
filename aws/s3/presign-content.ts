import type { S3Client } from '@aws-sdk/client-s3';
import type { Download, PresignedUpload, SingleUpload } from '../../core/ports/data/content-store.ts';
import { contentDisposition } from './content-disposition.ts';
import { dropDefaultChecksum } from './drop-default-checksum.ts';

/** An object of a bucket, and the lifetime of a URL for it. */
export interface PresignTarget {
  readonly s3: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  /** From 1 to 604,800 s; a URL never outlives the credentials that signed it. */
  readonly lifetimeSeconds: number;
}

const checksumHeader = 'x-amz-checksum-sha256';

/**
 * Presigns a PUT of content. Its length, the SHA-256 if one is given, and the condition that no content exists
 * are signed as headers, so that S3 refuses every other request, and every PUT after the first successful one
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
 */
export async function presignUpload(
  { s3, Bucket, Key, lifetimeSeconds: expiresIn }: PresignTarget,
  { sizeBytes, sha256 }: SingleUpload,
): Promise<PresignedUpload> {
  const { PutObjectCommand } = await import('@aws-sdk/client-s3');
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const checksum = sha256 === undefined ? undefined : Buffer.from(sha256, 'hex').toString('base64');
  const command = new PutObjectCommand({
    Bucket,
    Key,
    ContentLength: sizeBytes,
    IfNoneMatch: '*',
    ...(checksum === undefined ? {} : { ChecksumSHA256: checksum }),
  });
  command.middlewareStack.add(dropDefaultChecksum, { step: 'build', priority: 'low' });
  // Without this, the SDK would move the header into the query, where S3 does not compare it with the content.
  const unhoistableHeaders = new Set([checksumHeader]);
  return {
    url: await getSignedUrl(s3, command, { expiresIn, unhoistableHeaders }),
    headers: {
      'content-length': String(sizeBytes),
      'if-none-match': '*',
      ...(checksum === undefined ? {} : { [checksumHeader]: checksum }),
    },
  };
}

/** Presigns a GET whose response has the given media type and file name. */
export async function presignDownload(
  { s3, Bucket, Key, lifetimeSeconds: expiresIn }: PresignTarget,
  { mediaType, fileName, isInline }: Omit<Download, 'lifetimeSeconds'>,
): Promise<string> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const command = new GetObjectCommand({
    Bucket,
    Key,
    ResponseContentType: mediaType,
    ResponseContentDisposition: contentDisposition(fileName, isInline),
  });
  return getSignedUrl(s3, command, { expiresIn });
}
