import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { startDataPlane } from '../fixture/data-plane.ts';
import { dataStack } from '../fixture/data-stack.ts';
import { signedCall } from '../fixture/signed-call.ts';
import { isRunning, until } from '../fixture/until.ts';
import { temporaryDirectory, writeAssembly } from '../fixture/write-assembly.ts';

interface Killed {
  readonly enginePid: number;
  readonly acknowledged: ReadonlyMap<string, readonly string[]>;
}

/** Starts a writer in its own process and kills it under load, without a chance to clean up. */
async function writeUntilKilled(dataDirectory: string): Promise<Killed> {
  const script = join(import.meta.dirname, '..', 'fixture', 'run-writer.ts');
  const child = spawn(process.execPath, [script, writeAssembly({ Data: dataStack() }), dataDirectory]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const problems: string[] = [];
  child.stderr.on('data', (text) => problems.push(String(text)));
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await until('a hundred acknowledged writes', () => {
    if (child.exitCode !== null) throw new Error(problems.join(''));
    return lines.length > 300;
  });
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
  const acknowledged = Map.groupBy(
    lines.map((line) => line.split(' ')),
    ([kind]) => kind ?? '',
  );
  const names = (kind: string) => (acknowledged.get(kind) ?? []).map(([, name]) => name ?? '');
  return {
    enginePid: Number(names('engine')[0]),
    acknowledged: new Map(['item', 'object', 'message'].map((kind) => [kind, names(kind)])),
  };
}

test('writes acknowledged before SIGKILL exist after a restart, and no engine remains', async () => {
  const dataDirectory = temporaryDirectory();
  const { enginePid, acknowledged } = await writeUntilKilled(dataDirectory);
  await until('the engine ended', () => !isRunning(enginePid));

  const plane = await startDataPlane({ dataDirectory });
  const table = plane.dynamoDbClient(plane.keys.operator);
  const bucket = plane.s3Client(plane.keys.operator);
  const items = acknowledged.get('item') ?? [];
  expect(items.length).toBeGreaterThan(50);
  for (const name of items) {
    const { Item: item } = await table.send(
      new GetItemCommand({ TableName: 'jobs', Key: { pk: { S: name }, sk: { S: 'x' } } }),
    );
    expect(item, name).toBeDefined();
  }
  for (const name of acknowledged.get('object') ?? []) {
    const { Body: body } = await bucket.send(new GetObjectCommand({ Bucket: 'results', Key: name }));
    expect(await body?.transformToString()).toBe(name);
  }
  const { json } = await signedCall({
    url: plane.url,
    service: 'sqs',
    target: 'AmazonSQS.GetQueueAttributes',
    input: { QueueUrl: 'work', AttributeNames: ['ApproximateNumberOfMessages'] },
    key: plane.keys.operator,
  });
  const attributes = json['Attributes'] as Record<string, string>;
  expect(Number(attributes['ApproximateNumberOfMessages'])).toBeGreaterThanOrEqual(
    (acknowledged.get('message') ?? []).length,
  );
}, 60_000);

test('an orderly stop ends the engine', async () => {
  const plane = await startDataPlane();
  const pid = Number(plane.dynamoDb.enginePid);
  expect(isRunning(pid)).toBe(true);
  await plane.stop();
  expect(isRunning(pid)).toBe(false);
  expect(plane.failures).toEqual([]);
});

test('an engine that ends unexpectedly is reported', async () => {
  const plane = await startDataPlane();
  process.kill(Number(plane.dynamoDb.enginePid), 'SIGKILL');
  await until('the report', () => plane.failures.length > 0);
  expect(String(plane.failures[0])).toContain('the DynamoDB engine ended unexpectedly');
});
