import { DescribeTableCommand, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { expect, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { signedCall } from '../fixture/signed-call.ts';

const testItem = { pk: { S: 'a' }, sk: { S: '1' } };
const testPut = new PutItemCommand({ TableName: 'jobs', Item: testItem, ReturnConsumedCapacity: 'TOTAL' });
const testGet = new GetItemCommand({ TableName: 'jobs', Key: testItem });

test('a role can do only what it was granted, and a refusal names action, resource and role', async () => {
  const plane = await startDataPlane();
  await plane.dynamoDbClient(plane.keyOf('writer')).send(testPut);
  const reader = plane.dynamoDbClient(plane.keyOf('reader'));
  expect((await reader.send(testGet)).Item).toEqual(testItem);
  await expect(reader.send(testPut)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      /readerRole.*dynamodb:PutItem.*arn:aws:dynamodb:eu-central-1:123456789012:table\/jobs/,
    ),
    $metadata: { httpStatusCode: 403, requestId: expect.any(String) },
  });
  await expect(reader.send(new ScanCommand({ TableName: 'jobs' }))).rejects.toThrow('dynamodb:Scan');
});

test('a wrong secret, an unknown key and a missing signature are refused', async () => {
  const plane = await startDataPlane();
  const key = plane.keyOf('writer');
  const wrong = plane.dynamoDbClient({ ...key, secretAccessKey: 'x'.repeat(40) });
  await expect(wrong.send(testGet)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  const unknown = plane.dynamoDbClient({ ...key, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' });
  await expect(unknown.send(testGet)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  const bare = await fetch(plane.url, { method: 'POST', body: '{}' });
  expect(bare.status).toBe(403);
  expect(await bare.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
});

test('a body that was changed in transit is refused', async () => {
  const plane = await startDataPlane();
  const client = plane.dynamoDbClient(plane.keyOf('writer'));
  client.middlewareStack.add(
    (next) => (input) => {
      const request: unknown = input.request;
      if (
        typeof request === 'object' &&
        request !== null &&
        'body' in request &&
        request.body instanceof Uint8Array
      ) {
        Object.assign(request, {
          body: Buffer.from(Buffer.from(request.body).toString().replace('"a"', '"b"')),
        });
      }
      return next(input);
    },
    { step: 'deserialize', priority: 'low' },
  );
  await expect(client.send(testGet)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
});

test('the operator may do everything', async () => {
  const plane = await startDataPlane();
  const operator = plane.dynamoDbClient(plane.keys.operator);
  await operator.send(testPut);
  const { Table: table } = await operator.send(new DescribeTableCommand({ TableName: 'jobs' }));
  expect(table).toMatchObject({
    TableArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/jobs',
    LatestStreamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/jobs/stream/2020-01-01T00:00:00.000',
  });
});

test('the error for an unsupported service names it', async () => {
  const plane = await startDataPlane();
  const call = { url: plane.url, service: 'sns', target: 'SNS.Publish', input: {}, key: plane.keys.operator };
  const { status, json } = await signedCall(call);
  expect(status).toBe(501);
  expect(json['message']).toContain('the local runtime does not support the service sns');
});

test('a presigned URL has the permissions of its signer until it expires', async () => {
  const plane = await startDataPlane();
  const writer = plane.s3Client(plane.keyOf('writer'));
  await writer.send(new PutObjectCommand({ Bucket: 'results', Key: 'a b/ü+1.txt', Body: 'hello' }));
  const command = new GetObjectCommand({ Bucket: 'results', Key: 'a b/ü+1.txt' });
  const url = await getSignedUrl(writer, command, { expiresIn: 60 });
  expect(await (await fetch(url)).text()).toBe('hello');

  const changed = await fetch(url.replace('1.txt', '2.txt'));
  expect(changed.status).toBe(403);
  expect(await changed.text()).toContain('<Code>SignatureDoesNotMatch</Code>');

  const old = await getSignedUrl(writer, command, {
    expiresIn: 60,
    signingDate: new Date(Date.now() - 61_000),
  });
  const expired = await fetch(old);
  expect(expired.status).toBe(403);
  expect(await expired.text()).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');

  const reader = plane.s3Client(plane.keyOf('reader'));
  const upload = await getSignedUrl(reader, new PutObjectCommand({ Bucket: 'results', Key: 'x' }), {
    expiresIn: 60,
  });
  const refused = await fetch(upload, { method: 'PUT', body: 'x' });
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('s3:PutObject');
});

test('the SDK retries a throttled call, and the call succeeds', async () => {
  const plane = await startDataPlane();
  plane.faults.add({ service: 'dynamodb', action: 'PutItem', times: 1, kind: 'throttle' });
  const answer = await plane.dynamoDbClient(plane.keyOf('writer')).send(testPut);
  expect(answer.$metadata.attempts).toBe(2);
});

test('a call with a dropped response was executed, one with a dropped request was not', async () => {
  const plane = await startDataPlane();
  const once = plane.dynamoDbClient(plane.keyOf('writer'), { maxAttempts: 1 });
  plane.faults.add({ service: 'dynamodb', action: 'PutItem', times: 1, kind: 'drop-request' });
  await expect(once.send(testPut)).rejects.toThrow();
  expect((await once.send(testGet)).Item).toBeUndefined();
  plane.faults.add({ service: 'dynamodb', action: 'PutItem', times: 1, kind: 'drop-answer' });
  await expect(once.send(testPut)).rejects.toThrow();
  expect((await once.send(testGet)).Item).toEqual(testItem);
});

test('a fault affects only matching calls, and as many as configured', async () => {
  const plane = await startDataPlane();
  const once = plane.dynamoDbClient(plane.keyOf('writer'), { maxAttempts: 1 });
  const stop = plane.faults.add({
    service: 'dynamodb',
    kind: 'error',
    match: (request) => request.body.includes('"pk":{"S":"b"}'),
  });
  await once.send(testPut);
  const other = new PutItemCommand({ TableName: 'jobs', Item: { ...testItem, pk: { S: 'b' } } });
  await expect(once.send(other)).rejects.toMatchObject({
    name: 'InternalServerError',
    $metadata: { httpStatusCode: 500 },
  });
  stop();
  await once.send(other);
});

test('every call is recorded with its principal and consumed capacity', async () => {
  const plane = await startDataPlane();
  await plane.dynamoDbClient(plane.keyOf('writer')).send(testPut);
  await expect(plane.dynamoDbClient(plane.keyOf('reader')).send(testPut)).rejects.toThrow();
  expect(plane.calls).toMatchObject([
    {
      service: 'dynamodb',
      action: 'PutItem',
      status: 200,
      principal: { kind: 'role', roleArn: 'arn:aws:iam::123456789012:role/writerRole' },
      consumedCapacity: { TableName: 'jobs', CapacityUnits: 1 },
    },
    { service: 'dynamodb', action: 'PutItem', status: 403 },
  ]);
});
