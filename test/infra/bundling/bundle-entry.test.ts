import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BundleFile, bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import { writeBundle } from '../../../infra/bundling/write-bundle.ts';

const source = { rootDirectory: resolve('.'), entryFile: 'test/infra/fixtures/aws-calls.ts' };
const names = (files: readonly BundleFile[]) => files.map((file) => file.name).sort();

let directory: string;
let files: readonly BundleFile[];
beforeAll(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'errand-bundle-')), 'aws-calls');
  files = await bundleEntry(source);
  await writeBundle(directory, files);
});
afterAll(() => rm(resolve(directory, '..'), { recursive: true, force: true }));

/** Responds like DynamoDB, Step Functions and S3 and records the signer of each request. */
async function withFakeAws<T>(use: (endpoint: string, signed: string[]) => Promise<T>): Promise<T> {
  const signed: string[] = [];
  const server = createServer((request, response) => {
    const {
      'x-amz-target': target = request.method,
      authorization,
      'x-amz-security-token': token,
    } = request.headers;
    signed.push(`${target} ${/Credential=([^/]+)/.exec(authorization ?? '')?.[1]} ${token}`);
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      if (String(target).includes('PutItem')) response.end('{"ConsumedCapacity":{"CapacityUnits":2}}');
      else if (String(target).includes('StartExecution'))
        response.end('{"executionArn":"arn:e","startDate":1}');
      else
        response.writeHead(404).end('<Error><Code>NoSuchKey</Code><Message>Nothing there</Message></Error>');
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The server has no port');
    return await use(`http://127.0.0.1:${address.port}`, signed);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

const call = `import { handler } from ${JSON.stringify('./index.mjs')}; console.log(JSON.stringify(await handler()));`;

describe('a bundle', () => {
  test('makes real calls with the credentials of its environment, also with modules that it loads late', async () => {
    await withFakeAws(async (endpoint, signed) => {
      const env = {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'KEY',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_SESSION_TOKEN: 'TOKEN',
      };
      const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', call], {
        cwd: directory,
        env,
      });
      const response = JSON.parse((await run).stdout);
      expect(response).toEqual({
        capacity: 2,
        executionArn: 'arn:e',
        missing: true,
        address: expect.stringContaining(`${endpoint}/b/k?`),
      });
      expect(response.address).toContain('X-Amz-Credential=KEY%2F');
      expect(signed).toEqual([
        'DynamoDB_20120810.PutItem KEY TOKEN',
        'AWSStepFunctions.StartExecution KEY TOKEN',
        'GET KEY TOKEN',
      ]);
    });
  });

  test('reports the missing credentials', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_REGION: 'eu-central-1' };
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', call], {
      cwd: directory,
      env,
    });
    await expect(run).rejects.toThrow(/AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set/);
  });

  test('loads S3 late, and no part of it at the start', () => {
    const late = files.filter((file) => !file.loadedAtStart).map((file) => file.name);
    expect(late).toContain('aws-sdk-client-s3.mjs');
    const atStart = files
      .filter((file) => file.loadedAtStart)
      .map((file) => Buffer.from(file.contents).toString());
    expect(atStart.join('').includes('AmazonS3')).toBe(false);
    expect(atStart.join('').includes('DynamoDB_20120810')).toBe(true);
  });

  test('contains of the descriptions of packages only what the SDK sends, their versions', () => {
    const code = files.map(({ contents }) => Buffer.from(contents).toString()).join('');
    for (const name of ['@aws-sdk/client-dynamodb', '@aws-sdk/client-s3']) {
      const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
      expect(code).toContain(version);
    }
    expect(code).not.toContain('devDependencies');
  });

  test('has the same bytes each time, so that its asset has the same hash', async () => {
    const again = await bundleEntry(source);
    const sorted = (some: readonly BundleFile[]) => [...some].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(names(again)).toEqual(names(files));
    for (const [index, file] of sorted(again).entries()) {
      expect(Buffer.compare(file.contents, sorted(files)[index]?.contents ?? new Uint8Array())).toBe(0);
    }
  });

  test('contains no path of this checkout', () => {
    for (const { name, contents } of files) {
      expect(Buffer.from(contents).includes(source.rootDirectory), name).toBe(false);
    }
  });

  test('is not created when an import cannot be resolved', async () => {
    await expect(bundleEntry({ ...source, entryFile: 'test/infra/fixtures/none.ts' })).rejects.toThrow(
      /none\.ts/,
    );
  });
});

describe('a written bundle', () => {
  test('contains only its own files, also after a longer one existed', async () => {
    await writeFile(join(directory, 'chunk-STALE.mjs'), '');
    await Promise.all([writeBundle(directory, files), writeBundle(directory, files)]);
    expect((await readdir(directory)).sort()).toEqual(names(files));
    expect(await readdir(resolve(directory, '..'))).toEqual(['aws-calls']);
  });
});
