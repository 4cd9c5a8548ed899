import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AwsError, accessDenied } from '../../aws-error.ts';
import {
  type StreamMappingOptions,
  type StreamMappings,
  startStreamMappings,
} from '../../streams/start-stream-mappings.ts';
import {
  type Batch,
  batchInvoker,
  functionArn,
  mappingModel,
  memoryStream,
  queueArn,
  recordingDeliver,
  roleArn,
  streamArn,
} from './stream-fixture.ts';

let directory: string;
const started: StreamMappings[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'errand-streams-'));
});
afterEach(async () => {
  for (const mappings of started.splice(0)) await mappings.stop();
  rmSync(directory, { recursive: true, force: true });
});

type Stream = ReturnType<typeof memoryStream>;
type Script = Parameters<typeof batchInvoker>[0];

function start(
  properties: object = {},
  script?: Script,
  { stream = memoryStream(), ...options }: Partial<StreamMappingOptions> & { stream?: Stream } = {},
) {
  const invoker = batchInvoker(script);
  const recording = recordingDeliver();
  const log: string[] = [];
  const mappings = startStreamMappings({
    model: mappingModel(properties),
    access: { require: () => undefined },
    invoker,
    readStream: stream.readStream,
    onWrite: stream.onWrite,
    deliver: recording.deliver,
    dataDirectory: directory,
    log: (line) => log.push(line),
    retryScale: 0.001,
    ...options,
  });
  started.push(mappings);
  return { mappings, stream, log, batches: invoker.batches, taken: recording.taken };
}

const writeAll = (stream: ReturnType<typeof memoryStream>, count: number): void => {
  for (let written = 0; written < count; written += 1) stream.write();
};
const failsOn =
  (bad: number): Script =>
  (batch: Batch) =>
    batch.includes(bad) ? 'fail' : null;

describe('an event source mapping', () => {
  test('passes records on in order, one batch at a time, woken by writes', async () => {
    let running = 0;
    let most = 0;
    const { stream, batches } = start({ BatchSize: 3 }, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    });
    writeAll(stream, 10);
    await vi.waitFor(() => expect(batches.flat()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(3);
    expect(most).toBe(1);
  });

  test('does not poll an idle stream continuously', async () => {
    const { stream, batches } = start();
    stream.write();
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    await vi.waitFor(() => expect(stream.reads()).toBeGreaterThan(1));
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await turns(20);
    const reads = stream.reads();
    await turns(200);
    expect(stream.reads()).toBe(reads);
  });

  test('finds a write without a notification', async () => {
    const { stream, batches } = start({}, undefined, { onWrite: () => () => undefined, pollMs: 20 });
    stream.write();
    await vi.waitFor(() => expect(batches).toEqual([[1]]));
  });

  test('starts at the newest record with LATEST, and only at the first start', async () => {
    const stream = memoryStream();
    writeAll(stream, 3);
    const first = start({ StartingPosition: 'LATEST' }, undefined, { stream });
    await vi.waitFor(() => expect(stream.reads()).toBeGreaterThanOrEqual(3));
    stream.write();
    await vi.waitFor(() => expect(first.batches).toEqual([[4]]));
    await first.mappings.stop();
    stream.write();
    const second = start({ StartingPosition: 'LATEST' }, undefined, { stream });
    await vi.waitFor(() => expect(second.batches.flat()).toContain(5));
    expect(second.batches.flat().every((sequence) => sequence >= 4)).toBe(true);
  });

  test('collects records for its window before it invokes', async () => {
    const { stream, batches } = start({ BatchSize: 100, MaximumBatchingWindowInSeconds: 1 });
    stream.write();
    await vi.waitFor(() => expect(stream.reads()).toBeGreaterThan(1));
    stream.write();
    await vi.waitFor(() => expect(batches).toEqual([[1, 2]]), 4_000);
  });

  test('passes on only what a filter matches, and does not read the rest again', async () => {
    const FilterCriteria = { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["job"]}}}}' }] };
    const { stream, batches, mappings } = start({ FilterCriteria });
    stream.write({ kind: { S: 'other' } });
    stream.write({ kind: { S: 'job' } });
    await vi.waitFor(() => expect(batches).toEqual([[2]]));
    await vi.waitFor(() => expect(stream.reads()).toBeGreaterThan(1));
    await mappings.stop();
    const again = start({ FilterCriteria }, undefined, { stream });
    stream.write({ kind: { S: 'job' } });
    await vi.waitFor(() => expect(again.batches).toEqual([[3]]));
  });

  test('does not run without permission to read, and names role and action', () => {
    const access = {
      require: (_: unknown, { action, resource }: { action: string; resource: string }) => {
        if (action === 'dynamodb:GetRecords') throw accessDenied(roleArn, action, resource);
      },
    };
    const { mappings, log, stream } = start({}, undefined, { access });
    expect(mappings.problems).toHaveLength(1);
    expect(log[0]).toContain(
      `User: ${roleArn} is not authorized to perform: dynamodb:GetRecords on resource: ${streamArn}`,
    );
    expect(stream.listeners()).toBe(0);
  });

  const kinesisArn = 'arn:aws:kinesis:eu-central-1:111122223333:stream/orders';
  test.each([
    [{ EventSourceArn: kinesisArn }, kinesisArn],
    [{ FunctionName: 'nobody' }, 'nobody'],
    [{ StartingPosition: 'AT_TIMESTAMP' }, 'AT_TIMESTAMP'],
    [{ TumblingWindowInSeconds: 5 }, 'TumblingWindowInSeconds'],
    [{ FilterCriteria: { Filters: [{ Pattern: '{"a":[{"regex":"x"}]}' }] } }, 'regex'],
  ])('with %j is refused, and the error names it', (properties, words) => {
    expect(() => start(properties)).toThrow(words);
  });
});

describe('a batch that fails', () => {
  test('is retried until it succeeds, and no record overtakes it', async () => {
    const { stream, batches } = start({ BatchSize: 2 }, (_, call) => (call < 4 ? 'fail' : null));
    writeAll(stream, 2);
    await vi.waitFor(() => expect(batches).toHaveLength(4));
    stream.write();
    await vi.waitFor(() => expect(batches.at(-1)).toEqual([3]));
    expect(new Set(batches.slice(0, 4).flat())).toEqual(new Set([1, 2]));
  });

  test('is bisected until only the bad record is abandoned', async () => {
    const stream = memoryStream();
    writeAll(stream, 8);
    const properties = {
      BatchSize: 8,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    };
    const { batches, taken } = start(properties, failsOn(3), { stream });
    stream.write();
    await vi.waitFor(() => expect(batches.at(-1)).toEqual([9]));
    expect(batches).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      [1, 2, 3, 4],
      [1, 2],
      [3, 4],
      [3],
      [3],
      [4],
      [5, 6, 7, 8],
      [9],
    ]);
    expect(taken).toHaveLength(1);
    const record = JSON.parse(taken[0]?.payload ?? '');
    expect(record).toMatchObject({
      version: '1.0',
      requestContext: { functionArn: functionArn, condition: 'RetryAttemptsExhausted' },
      responseContext: { statusCode: 200, functionError: 'Unhandled' },
      DDBStreamBatchInfo: {
        startSequenceNumber: '3',
        endSequenceNumber: '3',
        batchSize: 1,
        streamArn: streamArn,
      },
    });
    expect(record).not.toHaveProperty('payload');
    expect(taken[0]).toMatchObject({ targetArn: queueArn, principal: { kind: 'role', roleArn: roleArn } });
  });

  test('is sent with its complete records to a bucket when abandoned', async () => {
    const properties = {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
    };
    const { stream, taken } = start(properties, () => 'fail');
    stream.write({ id: { S: 'x' } });
    await vi.waitFor(() => expect(taken).toHaveLength(1));
    expect(taken[0]?.targetArn).toMatch(
      /^arn:aws:s3:::failed\/aws\/lambda\/00000000-0000-4000-8000-000000000001\/shardId-[\d-]+\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
    );
    const { payload } = JSON.parse(taken[0]?.payload ?? '') as { payload: string };
    expect(JSON.parse(payload)).toMatchObject({ Records: [{ dynamodb: { NewImage: { id: { S: 'x' } } } }] });
  });

  test('continues from the lowest record that the function reported', async () => {
    const stream = memoryStream();
    writeAll(stream, 5);
    const report = (...ids: number[]) => ({
      batchItemFailures: ids.map((id) => ({ itemIdentifier: String(id) })),
    });
    const properties = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
    const { batches } = start(
      properties,
      (_, call) => (call === 1 ? report(5, 3) : { batchItemFailures: [] }),
      { stream },
    );
    await vi.waitFor(() =>
      expect(batches).toEqual([
        [1, 2, 3, 4, 5],
        [3, 4, 5],
      ]),
    );
  });

  test('is retried as a whole if a report names a record that is not in it', async () => {
    const stream = memoryStream();
    writeAll(stream, 2);
    const properties = { FunctionResponseTypes: ['ReportBatchItemFailures'] };
    const { batches } = start(
      properties,
      (_, call) => (call === 1 ? { batchItemFailures: [{ itemIdentifier: '' }] } : null),
      { stream },
    );
    await vi.waitFor(() =>
      expect(batches).toEqual([
        [1, 2],
        [1, 2],
      ]),
    );
  });

  test('does not use up its retries while the function is throttled', async () => {
    const { stream, batches, taken } = start(
      { MaximumRetryAttempts: 0, DestinationConfig: { OnFailure: { Destination: queueArn } } },
      (_, call) => {
        if (call < 4) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
        return null;
      },
    );
    stream.write();
    await vi.waitFor(() => expect(batches).toHaveLength(4));
    expect(taken).toEqual([]);
  });

  test('sends records that are too old to the destination without an invocation', async () => {
    const stream = memoryStream();
    stream.write({}, 120);
    stream.write({}, 120);
    stream.write();
    const { batches, taken } = start(
      { MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: queueArn } } },
      undefined,
      { stream },
    );
    await vi.waitFor(() => expect(batches).toEqual([[3]]));
    expect(JSON.parse(taken[0]?.payload ?? '')).toMatchObject({
      requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 0 },
      DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '2', batchSize: 2 },
    });
  });

  test('is split if it exceeds the limit of an invocation', async () => {
    const stream = memoryStream();
    for (let written = 0; written < 4; written += 1) stream.write({ x: { S: 'y'.repeat(2_000_000) } });
    const { batches } = start({}, undefined, { stream });
    await vi.waitFor(() =>
      expect(batches).toEqual([
        [1, 2],
        [3, 4],
      ]),
    );
  });
});

describe('a restart', () => {
  test('continues after the last batch that succeeded', async () => {
    const stream = memoryStream();
    writeAll(stream, 3);
    const first = start({}, undefined, { stream });
    await vi.waitFor(() => expect(first.batches).toEqual([[1, 2, 3]]));
    await vi.waitFor(() => expect(stream.reads()).toBeGreaterThan(1));
    await first.mappings.stop();
    stream.write();
    const second = start({}, undefined, { stream });
    await vi.waitFor(() => expect(second.batches).toEqual([[4]]));
  });

  test('repeats a batch that was running, except for its settled records', async () => {
    const stream = memoryStream();
    writeAll(stream, 4);
    const properties = { BisectBatchOnFunctionError: true };
    const hang = new Promise<void>(() => undefined);
    const first = start(properties, (_, call) => (call === 1 ? 'fail' : call === 2 ? null : hang), {
      stream,
    });
    await vi.waitFor(() =>
      expect(first.batches).toEqual([
        [1, 2, 3, 4],
        [1, 2],
        [3, 4],
      ]),
    );
    await first.mappings.stop();
    const second = start(properties, undefined, { stream });
    await vi.waitFor(() => expect(second.batches).toEqual([[3, 4]]));
  }, 15_000);
});

describe('a fault hook', () => {
  test.each([
    ['drop', [[3]]],
    ['duplicate', [[1, 2], [1, 2], [3]]],
    ['reorder', [[2, 1], [3]]],
  ] as const)('can %s a batch', async (kind, expected) => {
    const stream = memoryStream();
    writeAll(stream, 3);
    let asked = 0;
    const faults = () => {
      asked += 1;
      return asked === 1 ? ({ kind } as const) : undefined;
    };
    const { batches } = start({ BatchSize: 2 }, undefined, { faults, stream });
    await vi.waitFor(() => expect(batches).toEqual(expected));
  });
});
