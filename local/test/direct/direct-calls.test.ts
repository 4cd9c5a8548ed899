import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import type { DirectCalls } from '../../direct/direct-calls.ts';
import { directFunctions } from '../../direct/direct-functions.ts';
import type { LocalLambda } from '../../lambda/start-lambda.ts';
import { type DataPlane, startDataPlane } from '../fixture/data-plane.ts';
import { call, functionResource, lambdaWith } from '../lambda/local-lambda.ts';

const root = new URL('../../../', import.meta.url);

/** Sends a command of a client of the SDK, both named by the event, and returns the output or the name of the error. */
const code = `
  import { createRequire } from 'node:module';
  const require = createRequire(${JSON.stringify(root.href)});
  const packages = { DynamoDB: 'dynamodb', S3: 's3', SQS: 'sqs' };
  export async function handler({ client, operation, input, credentials }) {
    const sdk = require('@aws-sdk/client-' + packages[client]);
    const made = new sdk[client]({ forcePathStyle: true, maxAttempts: 1, ...(credentials ? { credentials } : {}) });
    try {
      const { $metadata, Body, ...output } = await made[operation](input);
      return Body === undefined ? output : { ...output, Body: await Body.transformToString() };
    } catch (error) {
      return { error: error.name };
    }
  }`;

interface Started {
  readonly plane: DataPlane;
  readonly lambda: LocalLambda;
  readonly lines: readonly string[];
  /** The settings that the threads received. */
  calls(): DirectCalls;
}

async function startFunction(name: 'reader' | 'writer'): Promise<Started> {
  const plane = await startDataPlane();
  const lines: string[] = [];
  const key = plane.keyOf(name);
  const direct = directFunctions({
    model: plane.model,
    keys: plane.keys,
    access: plane.access,
    services: plane.services,
    dynamoDb: plane.dynamoDb,
    endpoint: plane.url,
    detour: plane.faults.active,
    log: (line) => lines.push(line),
    onFailure: (error) => lines.push(String(error)),
  });
  let received: DirectCalls | undefined;
  const own = plane.model.ofType('AWS::Lambda::Function').find(({ ref }) => ref === name);
  const { lambda } = lambdaWith([functionResource(name, code)], {
    environmentFor: () => ({
      AWS_ENDPOINT_URL: plane.url,
      AWS_REGION: plane.model.region,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    }),
    directFor: (config) => {
      const made = direct({
        name: config.name,
        arn: String(own?.arn),
        roleArn: String(own?.properties['Role']),
      });
      received = made.calls;
      return made;
    },
  });
  const calls = () => {
    if (received === undefined) throw new Error('no function was started');
    return received;
  };
  return { plane, lambda, lines, calls };
}

const item = { pk: { S: 'mine#1' }, sk: { S: 'a' } };
const get = { client: 'DynamoDB', operation: 'getItem', input: { TableName: 'jobs', Key: item } };
const put = { client: 'DynamoDB', operation: 'putItem', input: { TableName: 'jobs', Item: item } };

describe('the calls of a function', () => {
  test('reach DynamoDB without the endpoint, and wake the readers of the stream', async () => {
    const { plane, lambda } = await startFunction('writer');
    const written: string[] = [];
    plane.dynamoDb.onWrite((streamArn) => written.push(streamArn));
    expect(await call(lambda, 'writer', put)).toEqual({});
    expect(await call(lambda, 'writer', get)).toEqual({ Item: item });
    await expect.poll(() => written).toHaveLength(1);
    expect(await call(lambda, 'writer', put)).toEqual({});
    await expect.poll(() => written).toHaveLength(2);
    expect(plane.calls).toEqual([]);
    const outside = plane.dynamoDbClient(plane.keys.operator);
    expect((await outside.send(new GetItemCommand(get.input))).Item).toEqual(item);
  });

  test('are denied what the role does not allow, and the denial is logged', async () => {
    const { plane, lambda, lines } = await startFunction('reader');
    expect(await call(lambda, 'reader', get)).toEqual({});
    expect(await call(lambda, 'reader', put)).toEqual({ error: 'AccessDeniedException' });
    await expect.poll(() => lines).toHaveLength(1);
    expect(lines[0]).toContain('dynamodb:PutItem');
    expect(plane.calls).toEqual([]);
  });

  test('reach other services through the main thread, which checks the role', async () => {
    const { plane, lambda } = await startFunction('writer');
    const send = (queue: string) => ({
      client: 'SQS',
      operation: 'sendMessage',
      input: { QueueUrl: `${plane.url}/123456789012/${queue}`, MessageBody: 'é' },
    });
    expect(await call(lambda, 'writer', send('work'))).toMatchObject({ MessageId: expect.any(String) });
    expect(await call(lambda, 'writer', send('dead'))).toEqual({ error: 'AccessDeniedException' });
    expect(plane.calls).toEqual([]);
  });

  test('wake the readers of the stream after a thread has ended before its report', async () => {
    const { plane, lambda, calls } = await startFunction('writer');
    expect(await call(lambda, 'writer', get)).toEqual({});
    // As if the thread had written, and ended before its message was posted.
    Atomics.store(calls().written, 0, 1);
    const written: string[] = [];
    plane.dynamoDb.onWrite((streamArn) => written.push(streamArn));
    lambda.killFunction('writer');
    await expect.poll(() => written).toHaveLength(1);
    expect(await call(lambda, 'writer', put)).toEqual({});
    await expect.poll(() => written).toHaveLength(2);
  });

  test('pass the endpoint while it injects faults', async () => {
    const { plane, lambda } = await startFunction('writer');
    const remove = plane.faults.add({ service: 'dynamodb', action: 'GetItem', kind: 'error' });
    expect(await call(lambda, 'writer', get)).toEqual({ error: 'InternalServerError' });
    remove();
    expect(await call(lambda, 'writer', get)).toEqual({});
    expect(plane.calls).toHaveLength(1);
  });

  test('pass the endpoint when they are signed with another key, which decides about the role', async () => {
    const { plane, lambda } = await startFunction('writer');
    const credentials = plane.keyOf('reader');
    expect(await call(lambda, 'writer', { ...put, credentials })).toEqual({ error: 'AccessDeniedException' });
    const forged = { ...credentials, secretAccessKey: 'forged' };
    expect(await call(lambda, 'writer', { ...get, credentials: forged })).toEqual({
      error: 'InvalidSignatureException',
    });
    expect(plane.calls).toHaveLength(1);
  });

  test('read and write objects at the endpoint', async () => {
    const { plane, lambda } = await startFunction('writer');
    const object = { Bucket: 'results', Key: 'a' };
    const write = { client: 'S3', operation: 'putObject', input: { ...object, Body: 'é'.repeat(100_000) } };
    expect(await call(lambda, 'writer', write)).toMatchObject({ ETag: expect.any(String) });
    const read = await call(lambda, 'writer', { client: 'S3', operation: 'getObject', input: object });
    expect(read).toMatchObject({ Body: 'é'.repeat(100_000) });
    expect(plane.calls.map(({ action }) => action)).toEqual(['PutObject', 'GetObject']);
  });
});
