import { request as httpRequest } from 'node:http';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, test } from 'vitest';
import { sha256Hex, signature } from '../../gateway/sigv4.ts';
import { type DataPlane, startDataPlane } from '../fixture/data-plane.ts';

const get = new GetObjectCommand({ Bucket: 'results', Key: 'a.txt' });
const put = new PutObjectCommand({ Bucket: 'results', Key: 'a.txt' });
const expiresIn = 60;

interface Reply {
  readonly status: number | undefined;
  readonly body: string;
}

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Used instead of `fetch`, which sets some headers itself. */
function send(url: string, { method = 'GET', headers = {}, body = '' }: Request = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode, body: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.on('error', reject).end(body);
  });
}

async function planeWithObject(): Promise<DataPlane & { writer: ReturnType<DataPlane['s3Client']> }> {
  const plane = await startDataPlane();
  const writer = plane.s3Client(plane.keyOf('writer'));
  await writer.send(new PutObjectCommand({ Bucket: 'results', Key: 'a.txt', Body: 'hello' }));
  return { ...plane, writer };
}

interface HeaderSigned {
  readonly service: string;
  readonly at?: Date;
  readonly scopeDate?: string;
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly signedHeaders?: readonly string[];
  readonly payloadHash?: string;
}

/** Sends a GET of the object, or a GetItem, signed in its header with the given errors. */
function headerSigned(plane: DataPlane, signed: HeaderSigned): Promise<Reply> {
  const { service, at = new Date(), unsigned = {} } = signed;
  const isS3 = service === 's3';
  const body = isS3 ? '' : JSON.stringify({ TableName: 'jobs', Key: { pk: { S: 'a' }, sk: { S: '1' } } });
  const url = isS3 ? '/results/a.txt' : '/';
  const method = isS3 ? 'GET' : 'POST';
  const amzDate = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const payloadHash = signed.payloadHash ?? sha256Hex(body);
  const headers: Record<string, string> = {
    host: new URL(plane.url).host,
    'x-amz-date': amzDate,
    'x-amz-content-sha256': payloadHash,
    ...(isS3 ? {} : { 'x-amz-target': 'DynamoDB_20120810.GetItem' }),
  };
  const signedHeaders = signed.signedHeaders ?? Object.keys(headers).sort();
  const key = plane.keyOf('writer');
  const scope = { date: signed.scopeDate ?? amzDate.slice(0, 8), region: 'eu-central-1', service };
  const parts = { method, url, headers, signedHeaders, payloadHash };
  const made = signature(parts, { ...key, scope, amzDate });
  const credential = `${key.accessKeyId}/${scope.date}/${scope.region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${made}`;
  const others = { ...unsigned, 'content-type': 'application/x-amz-json-1.0', authorization };
  return send(`${plane.url}${url}`, { method, headers: { ...headers, ...others }, body });
}

const minutes = (count: number) => new Date(Date.now() + count * 60_000);

describe('a presigned URL', () => {
  test.each([
    ['x-amz-meta-owner', 'me'],
    ['x-amz-acl', 'public-read'],
    ['x-amz-copy-source', 'results/secret.txt'],
    ['x-amz-storage-class', 'GLACIER'],
    ['x-amz-content-sha256', sha256Hex('changed')],
    ['X-Amz-Date', '20200101T000000Z'],
  ])('is refused for GET and PUT with the header %s, which it does not sign', async (name, value) => {
    const { writer } = await planeWithObject();
    const addresses = [
      ['GET', await getSignedUrl(writer, get, { expiresIn }), ''],
      ['PUT', await getSignedUrl(writer, put, { expiresIn }), 'changed'],
    ] as const;
    for (const [method, url, body] of addresses) {
      const reply = await send(url, { method, headers: { [name]: value }, body });
      expect(reply.status).toBe(403);
      expect(reply.body).toContain(
        '<Code>AccessDenied</Code><Message>There were headers present in the request which were not signed</Message>' +
          `<HeadersNotSigned>${name.toLowerCase()}</HeadersNotSigned>`,
      );
    }
    const kept = await writer.send(get);
    expect(await kept.Body?.transformToString()).toBe('hello');
  });

  test('is valid with its signed headers and with headers that have no meaning for the service', async () => {
    const { writer } = await planeWithObject();
    const owned = new PutObjectCommand({ Bucket: 'results', Key: 'b.txt', Metadata: { owner: 'me' } });
    const url = await getSignedUrl(writer, owned, {
      expiresIn,
      unhoistableHeaders: new Set(['x-amz-meta-owner']),
    });
    const headers = { 'x-amz-meta-owner': 'me', 'x-custom': 'yes', 'x-amzn-trace-id': 'Root=1' };
    expect((await send(url, { method: 'PUT', headers, body: 'x' })).status).toBe(200);
    const changed = await send(url, { method: 'PUT', headers: { 'x-amz-meta-owner': 'you' }, body: 'x' });
    expect(changed.body).toContain('<Code>SignatureDoesNotMatch</Code>');
  });

  test('is refused for another method, another query, another host or with a second signature', async () => {
    const { writer } = await planeWithObject();
    const url = await getSignedUrl(writer, get, { expiresIn });
    expect((await send(url)).body).toBe('hello');
    for (const [changed, method, headers] of [
      [url, 'PUT', {}],
      [url, 'DELETE', {}],
      [`${url}&response-content-type=text%2Fhtml`, 'GET', {}],
      [url.replace(`X-Amz-Expires=${expiresIn}`, 'X-Amz-Expires=600'), 'GET', {}],
      [url, 'GET', { host: 'localhost' }],
    ] as const) {
      const reply = await send(changed, { method, headers });
      expect([reply.status, /<Code>(.*)<\/Code>/.exec(reply.body)?.[1]]).toEqual([
        403,
        'SignatureDoesNotMatch',
      ]);
    }
    const both = await send(url, {
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request' },
    });
    expect(both.body).toContain(
      '<Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message>',
    );
  });

  test('is refused before its time, and with an invalid lifetime or algorithm', async () => {
    const { writer } = await planeWithObject();
    const early = await getSignedUrl(writer, get, { expiresIn, signingDate: minutes(20) });
    expect((await send(early)).body).toContain('<Code>AccessDenied</Code><Message>Request is not valid yet');
    const url = await getSignedUrl(writer, get, { expiresIn });
    for (const changed of [
      url.replace(`X-Amz-Expires=${expiresIn}`, 'X-Amz-Expires=1e3'),
      url.replace(`X-Amz-Expires=${expiresIn}`, 'X-Amz-Expires=604801'),
      url.replace('AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA1'),
    ])
      expect((await send(changed)).body).toContain('<Code>AuthorizationQueryParametersError</Code>');
  });
});

describe('a request that is signed in its header', () => {
  test.each(['s3', 'dynamodb'])('to %s is served', async (service) => {
    const plane = await planeWithObject();
    expect((await headerSigned(plane, { service })).status).toBe(200);
  });

  test.each([
    ['s3', 16, 'RequestTimeTooSkewed'],
    ['s3', -16, 'RequestTimeTooSkewed'],
    ['dynamodb', 6, 'InvalidSignatureException'],
    ['dynamodb', -6, 'InvalidSignatureException'],
  ])('to %s is refused if its time is %i minutes off', async (service, offset, code) => {
    const plane = await planeWithObject();
    const reply = await headerSigned(plane, { service, at: minutes(offset) });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain(code);
  });

  test.each([
    ['s3', 'SignatureDoesNotMatch'],
    ['dynamodb', 'InvalidSignatureException'],
  ])('to %s is refused if its scope is of another day', async (service, code) => {
    const plane = await planeWithObject();
    const reply = await headerSigned(plane, { service, scopeDate: '20200101' });
    expect([reply.status, reply.body.includes(code)]).toEqual([403, true]);
  });

  test.each([
    ['s3', { 'x-amz-meta-a': 'b' }, undefined, 'HeadersNotSigned>x-amz-meta-a<'],
    ['s3', {}, ['x-amz-date'], 'HeadersNotSigned>host<'],
    ['dynamodb', { 'x-amz-meta-a': 'b' }, undefined, 'x-amz-meta-a must be a SignedHeader'],
    ['dynamodb', {}, ['host', 'x-amz-date'], 'x-amz-target must be a SignedHeader'],
  ])('to %s with %j and only %j signed is refused', async (service, unsigned, signedHeaders, message) => {
    const plane = await planeWithObject();
    const more = signedHeaders === undefined ? {} : { signedHeaders };
    const reply = await headerSigned(plane, { service, unsigned, ...more });
    expect(reply.status).toBe(403);
    expect(reply.body).toContain(message);
  });

  test('states the hash of its body, which only S3 allows to be unsigned', async () => {
    const plane = await planeWithObject();
    const payloadHash = 'UNSIGNED-PAYLOAD';
    expect((await headerSigned(plane, { service: 's3', payloadHash })).status).toBe(200);
    expect((await headerSigned(plane, { service: 'dynamodb', payloadHash })).status).toBe(403);
    const other = await headerSigned(plane, { service: 's3', payloadHash: sha256Hex('other') });
    expect(other.body).toContain('XAmzContentSHA256Mismatch');
  });
});
