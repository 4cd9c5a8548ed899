import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, test } from 'vitest';
import { bucketPageAccess } from '../../s3/cors/page-access.ts';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataModel } from '../fixture/data-stack.ts';

const page = 'https://localhost:4200';
const varied = 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method';

function modelWith(...rules: readonly object[]) {
  const properties = { BucketName: 'results', CorsConfiguration: { CorsRules: rules } };
  return dataModel(undefined, { Bucket: { Type: 'AWS::S3::Bucket', Properties: properties } });
}

/** Evaluates the rules of the bucket `results` for one object. */
function access(...rules: readonly object[]) {
  const pages = bucketPageAccess(modelWith(...rules).ofType('AWS::S3::Bucket'));
  const url = '/results/k?X-Amz-Signature=none';
  return {
    preflight: (headers: Record<string, string>, to = url) =>
      pages.preflight({ method: 'OPTIONS', url: to, headers }).headers,
    headers: (method: string, headers: Record<string, string>) => pages.headers({ method, url, headers }),
    allowsOrigin: (origin: string) => pages.allowsOrigin(origin, url),
  };
}

const ask = (origin: string, method: string, headers?: string) => ({
  origin,
  'access-control-request-method': method,
  ...(headers === undefined ? {} : { 'access-control-request-headers': headers }),
});

// The expected responses are those that S3 gave to the same rules and requests: see bucketPageAccess.
describe('the rules of a bucket', () => {
  const rule = {
    AllowedOrigins: [page],
    AllowedMethods: ['GET', 'PUT'],
    MaxAge: 3000,
    AllowedHeaders: ['*'],
  };
  const granted = {
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': 'GET, PUT',
    'Access-Control-Allow-Origin': page,
    'Access-Control-Max-Age': '3000',
    Vary: varied,
  };
  const forbidden = { code: 'AccessForbidden', status: 403 };

  test('allow an origin that they name, for a preflight request and for others', () => {
    const { preflight, headers } = access(rule);
    expect(preflight(ask(page, 'PUT'))).toEqual(granted);
    expect(headers('GET', { origin: page })).toEqual(granted);
  });

  test('refuse the preflight request of another origin, and add no header to other responses', () => {
    const { preflight, headers } = access(rule);
    const message = expect.stringContaining('CORSResponse: This CORS request is not allowed.');
    const details = { Method: 'PUT', ResourceType: 'OBJECT' };
    for (const origin of ['http://localhost:4200', `${page}/`, 'null']) {
      const refused = expect.objectContaining({ ...forbidden, message, details });
      expect(() => preflight(ask(origin, 'PUT'))).toThrow(refused);
      expect(headers('GET', { origin })).toEqual({});
    }
    expect(() => preflight(ask('null', 'GET'), '/results')).toThrow(
      expect.objectContaining({ details: { Method: 'GET', ResourceType: 'BUCKET' } }),
    );
  });

  test('allow every origin with *, also null, and then no credentials', () => {
    const { preflight, headers } = access({ ...rule, AllowedOrigins: ['*'] });
    const { 'Access-Control-Allow-Credentials': _, ...rest } = granted;
    const open = { ...rest, 'Access-Control-Allow-Origin': '*' };
    for (const origin of ['http://random:1234', 'null']) {
      expect(preflight(ask(origin, 'PUT'))).toEqual(open);
      expect(headers('GET', { origin })).toEqual(open);
    }
  });

  test.each([
    ['http://*.origin.com', 'http://test.origin.com', true],
    ['http://*.origin.com', 'http://test.origin.com/', false],
    ['*suffix', 'foo.suffix', true],
    ['*suffix', 'foo.suffix.get', false],
    ['start*end', 'startend', true],
    ['start*end', 'start12end', true],
    ['start*end', '0start12end', false],
    ['aba*aba', 'aba', false],
    ['prefix*', 'prefix', true],
    ['prefix*', 'bla.prefix', false],
  ])('with the origin %s allow %s: %s', (pattern, origin, isAllowed) => {
    const { headers, allowsOrigin } = access({ ...rule, AllowedOrigins: [pattern] });
    expect(headers('GET', { origin })['Access-Control-Allow-Origin']).toBe(isAllowed ? origin : undefined);
    expect(allowsOrigin(origin)).toBe(isAllowed);
  });

  test('allow the methods that they name', () => {
    const { preflight, headers } = access({ ...rule, AllowedMethods: ['GET'] });
    expect(preflight(ask(page, 'GET'))['Access-Control-Allow-Methods']).toBe('GET');
    expect(() => preflight(ask(page, 'PUT'))).toThrow(expect.objectContaining(forbidden));
    expect(headers('PUT', { origin: page })).toEqual({});
    // The header that asks for a method counts in every request.
    expect(headers('GET', ask(page, 'PUT'))).toEqual({});
  });

  test('allow the headers that they name, in any case, and return them in lower case', () => {
    const named = ['x-amz-expected-bucket-owner', 'x-AMZ-server-SIDE-encryption', 'x-amz-checksum-*'];
    const { preflight, headers } = access({ ...rule, AllowedHeaders: named });
    const asked = 'x-AMZ-expected-BUCKET-owner,x-amz-server-side-encryption, x-amz-checksum-sha256';
    expect(preflight(ask(page, 'GET', asked))['Access-Control-Allow-Headers']).toBe(
      'x-amz-expected-bucket-owner, x-amz-server-side-encryption, x-amz-checksum-sha256',
    );
    expect(() => preflight(ask(page, 'GET', 'x-api-key'))).toThrow(expect.objectContaining(forbidden));
    // Only a preflight request names the headers of the request itself.
    expect(headers('GET', { origin: page, 'x-api-key': 'k' })).not.toEqual({});
  });

  test('without allowed headers allow none', () => {
    const { preflight } = access({ AllowedOrigins: ['*'], AllowedMethods: ['GET'] });
    expect(preflight(ask(page, 'GET'))).toEqual({
      'Access-Control-Allow-Methods': 'GET',
      'Access-Control-Allow-Origin': '*',
      Vary: varied,
    });
    expect(() => preflight(ask(page, 'GET', 'x-amz-request-payer'))).toThrow(
      expect.objectContaining(forbidden),
    );
  });

  test('apply in their order: the first one that matches decides', () => {
    const { preflight, headers } = access(
      { AllowedOrigins: [page], AllowedMethods: ['PUT'], ExposedHeaders: ['ETag', 'x-amz-request-id'] },
      { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'PUT'], MaxAge: 5 },
    );
    expect(headers('PUT', { origin: page })).toEqual({
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': 'PUT',
      'Access-Control-Allow-Origin': page,
      'Access-Control-Expose-Headers': 'ETag, x-amz-request-id',
      Vary: varied,
    });
    expect(preflight(ask(page, 'GET'))).toMatchObject({
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Max-Age': '5',
    });
  });

  test('are needed, and so are an origin and a bucket', () => {
    const { preflight } = access();
    const badRequest = { code: 'BadRequest', status: 400 };
    expect(() => preflight({})).toThrow(expect.objectContaining(badRequest));
    expect(() => preflight(ask(page, 'PUT'))).toThrow(
      expect.objectContaining({
        ...forbidden,
        message: 'CORSResponse: CORS is not enabled for this bucket.',
        details: { Method: 'PUT', ResourceType: 'BUCKET' },
      }),
    );
    expect(() => preflight({ origin: page }, '/none/k')).toThrow(
      expect.objectContaining({
        ...forbidden,
        message: 'CORSResponse: Bucket not found',
        details: { Method: 'OPTIONS', ResourceType: 'BUCKET' },
      }),
    );
  });
});

describe('at the endpoint, a page', () => {
  const console = 'https://console.example.com';
  async function endpoint() {
    const plane = await startDataPlane({
      model: modelWith({
        AllowedOrigins: [console],
        AllowedMethods: ['GET', 'PUT'],
        AllowedHeaders: ['if-none-match'],
        ExposedHeaders: ['ETag'],
      }),
    });
    const client = plane.s3Client(plane.keyOf('writer'), { requestChecksumCalculation: 'WHEN_REQUIRED' });
    const target = { Bucket: 'results', Key: 'k' };
    return {
      plane,
      put: await getSignedUrl(client, new PutObjectCommand(target)),
      get: await getSignedUrl(client, new GetObjectCommand(target)),
    };
  }

  test('of an allowed origin uploads and downloads with presigned URLs', async () => {
    const { put, get } = await endpoint();
    const asked = ask(console, 'PUT', 'if-none-match');
    for (const url of [put, put.replace(/\?.*/, '')]) {
      const { status, headers } = await send(url, { method: 'OPTIONS', headers: asked });
      expect([status, headers['access-control-allow-headers']]).toEqual([200, 'if-none-match']);
      expect(headers['access-control-allow-origin']).toBe(console);
    }
    const headers = { origin: console, 'if-none-match': '*' };
    const stored = await send(put, { method: 'PUT', headers, body: 'hello' });
    expect([stored.status, stored.headers['access-control-expose-headers']]).toEqual([200, 'ETag']);
    const read = await send(get, { headers: { origin: console } });
    expect([read.body, read.headers['access-control-allow-origin']]).toEqual(['hello', console]);
    const again = await send(put, { method: 'PUT', headers, body: 'hello' });
    expect([again.status, again.headers['access-control-allow-origin']]).toEqual([412, console]);
    const unsigned = await send(`${get}0`, { headers: { origin: console } });
    expect([unsigned.status, unsigned.headers['access-control-allow-origin']]).toEqual([403, console]);
  });

  test('of this machine is refused by the rules alone', async () => {
    const { get, put } = await endpoint();
    const origin = 'http://localhost:5173';
    const { status, body, headers } = await send(put, { method: 'OPTIONS', headers: ask(origin, 'PUT') });
    expect([status, headers['content-type']]).toEqual([403, 'application/xml']);
    expect(body).toContain('<Code>AccessForbidden</Code>');
    const read = await send(get, { headers: { origin } });
    expect([read.status, read.headers['access-control-allow-origin']]).toEqual([404, undefined]);
  });

  test('of another origin reaches nothing, nor does an allowed one reach anything but the bucket', async () => {
    const { plane, get } = await endpoint();
    expect((await send(get, { headers: { origin: 'https://attacker.example' } })).status).toBe(403);
    expect((await send(get, { headers: { origin: 'null' } })).status).toBe(403);
    expect((await send(get, { headers: { origin: console, host: 'console.example.com' } })).status).toBe(421);
    const table = {
      method: 'POST',
      headers: { origin: console, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
    };
    const { status, headers } = await send(`${plane.url}/`, table);
    expect([status, headers['access-control-allow-origin']]).toEqual([403, undefined]);
    expect(plane.calls).toEqual([]);
  });
});

interface Sent {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Received {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `fetch` would not send the headers of a browser. */
function send(url: string, { method = 'GET', headers, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { method, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}
