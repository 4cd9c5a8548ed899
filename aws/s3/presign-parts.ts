import type { PartUrlsRequest } from '../../core/ports/data/content-store.ts';
import type { PresignTarget } from './presign-content.ts';

type Parts = PartUrlsRequest['parts'];

/**
 * Presigns the PUT of each part. The length of a part is signed if its size is given. For a command, the SDK
 * resolves the endpoint and its middleware anew, which takes ten times as long as a signature; a page may have
 * 1,000 parts, so only the endpoint comes from a command.
 */
export async function presignParts(
  target: PresignTarget,
  uploadId: string,
  parts: Parts,
): Promise<readonly string[]> {
  const { S3RequestPresigner } = await import('@aws-sdk/s3-request-presigner');
  const presigner = new S3RequestPresigner(target.s3.config);
  const endpoint = await uploadEndpoint(target, uploadId);
  const urls: string[] = [];
  for (const { number, sizeBytes } of parts) {
    const signed = await presigner.presign(
      {
        method: 'PUT',
        protocol: endpoint.protocol,
        hostname: endpoint.hostname,
        ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
        path: endpoint.pathname,
        query: { partNumber: String(number), uploadId },
        headers: {
          host: endpoint.host,
          ...(sizeBytes === undefined ? {} : { 'content-length': String(sizeBytes) }),
        },
      },
      { expiresIn: target.lifetimeSeconds },
    );
    const url = new URL(endpoint.pathname, endpoint);
    for (const [name, value] of Object.entries(signed.query ?? {})) url.searchParams.set(name, String(value));
    urls.push(url.href);
  }
  return urls;
}

/** Where the parts of an upload are sent, without a query. */
async function uploadEndpoint(
  { s3, Bucket, Key, lifetimeSeconds: expiresIn }: PresignTarget,
  UploadId: string,
): Promise<URL> {
  const { UploadPartCommand } = await import('@aws-sdk/client-s3');
  const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
  const command = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1 });
  const url = new URL(await getSignedUrl(s3, command, { expiresIn }));
  url.search = '';
  return url;
}
