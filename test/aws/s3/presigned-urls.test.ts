import { expect, onTestFinished, test } from 'vitest';
import { lazyS3Client } from '../../../aws/clients/s3-client.ts';
import { s3ContentStore } from '../../../aws/s3/s3-content-store.ts';
import { testCredentials } from '../../support/local-service/errand-table.ts';

const key = 'tenants/acme/data/019aa5c9-b4cd-7000-8000-000000000000';

function storeOnAws() {
  const client = lazyS3Client({ region: 'eu-central-1', credentials: testCredentials });
  onTestFinished(async () => (await client()).destroy());
  return s3ContentStore({ client, bucketName: 'results' });
}

function describeUrl(url: string) {
  const { host, pathname, searchParams } = new URL(url);
  const [, , region] = searchParams.get('X-Amz-Credential')?.split('/') ?? [];
  return {
    host,
    pathname,
    region,
    expires: searchParams.get('X-Amz-Expires'),
    signedHeaders: searchParams.get('X-Amz-SignedHeaders'),
    names: [...searchParams.keys()].filter((name) => !name.startsWith('X-Amz-')).sort(),
  };
}

const shared = {
  host: 'results.s3.eu-central-1.amazonaws.com',
  pathname: `/${key}`,
  region: 'eu-central-1',
  expires: '600',
};

test('the URL of an upload signs size, SHA-256 and condition as headers, and no checksum of the SDK', async () => {
  const upload = { sizeBytes: 5, sha256: 'ab'.repeat(32) };
  const { url, headers } = await storeOnAws().presignUpload(key, upload, 600);
  expect(describeUrl(url)).toEqual({
    ...shared,
    signedHeaders: 'content-length;host;if-none-match;x-amz-checksum-sha256',
    names: ['x-id'],
  });
  expect(headers).toEqual({
    'content-length': '5',
    'if-none-match': '*',
    'x-amz-checksum-sha256': Buffer.from(upload.sha256, 'hex').toString('base64'),
  });
});

test('the URLs of parts sign the size if it is known', async () => {
  const parts = [{ number: 1, sizeBytes: 5 }, { number: 10_000 }];
  const urls = await storeOnAws().presignParts(key, 'up+/=', { parts, lifetimeSeconds: 600 });
  const names = ['partNumber', 'uploadId'];
  expect(urls.map(describeUrl)).toEqual([
    { ...shared, signedHeaders: 'content-length;host', names },
    { ...shared, signedHeaders: 'host', names },
  ]);
  expect(urls.map((url) => new URL(url).searchParams.get('partNumber'))).toEqual(['1', '10000']);
  expect(urls.map((url) => new URL(url).searchParams.get('uploadId'))).toEqual(['up+/=', 'up+/=']);
});

test('the URL of a download contains the name and the media type of the response', async () => {
  const download = { lifetimeSeconds: 600, mediaType: 'text/csv', fileName: 'a.csv' };
  expect(describeUrl(await storeOnAws().presignDownload(key, download))).toEqual({
    ...shared,
    signedHeaders: 'host',
    names: ['response-content-disposition', 'response-content-type', 'x-amz-checksum-mode', 'x-id'],
  });
});
