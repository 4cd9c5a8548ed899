import { expect, onTestFinished, test } from 'vitest';
import { AwsError } from '../../aws-error.ts';
import type { AccessControl, InvokeResult, Resource } from '../../cloud.ts';
import { once } from '../../events/once.ts';
import { loadQueueMappings } from '../../queue-mappings/mapping.ts';
import { startQueueMappings } from '../../queue-mappings/start-queue-mappings.ts';
import { startSqs } from '../../sqs/start-sqs.ts';
import { accountId, modelOf, testRegion } from '../fixture/model-of.ts';
import { until } from '../fixture/until.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const queueArn = `arn:aws:sqs:${testRegion}:${accountId}:work`;
const deadArn = `arn:aws:sqs:${testRegion}:${accountId}:dead`;
const functionArn = `arn:aws:lambda:${testRegion}:${accountId}:function:worker`;

type Properties = Readonly<Record<string, unknown>>;

function resource(type: string, logicalId: string, more: Partial<Resource>): Resource {
  return { stack: 'Test', type, logicalId, ref: logicalId, properties: {}, ...more };
}

function modelWith(mapping: Properties, queue: Properties = {}, lambda: Properties = {}) {
  const url = (name: string) => `https://sqs.${testRegion}.amazonaws.com/${accountId}/${name}`;
  const RedrivePolicy = { deadLetterTargetArn: deadArn, maxReceiveCount: 2 };
  const settings = { VisibilityTimeout: 3, RedrivePolicy, ...queue };
  return modelOf([
    resource('AWS::SQS::Queue', 'Work', { arn: queueArn, ref: url('work'), properties: settings }),
    resource('AWS::SQS::Queue', 'Dead', { arn: deadArn, ref: url('dead') }),
    resource('AWS::Lambda::Function', 'Worker', {
      arn: functionArn,
      ref: 'worker',
      properties: { Role: 'arn:role', Timeout: 1, ...lambda },
    }),
    resource('AWS::Lambda::EventSourceMapping', 'Mapping', {
      properties: { EventSourceArn: queueArn, FunctionName: 'worker', ...mapping },
    }),
  ]);
}

interface ReceivedRecord {
  readonly messageId: string;
  readonly body: string;
  readonly [member: string]: unknown;
}
type Handler = (records: readonly ReceivedRecord[]) => unknown;

const allowed: AccessControl = { require: () => undefined };

/** Starts a mapping whose function is a handler in this process. */
function start(handler: Handler, { mapping = {}, queue = {}, access = allowed, dataDirectory = '' } = {}) {
  const model = modelWith(mapping, queue);
  const sqs = startSqs({ model, dataDirectory: dataDirectory || temporaryDirectory() });
  const calls: (readonly ReceivedRecord[])[] = [];
  const lines: string[] = [];
  const invoke = async ({ payload }: { readonly payload: string }): Promise<InvokeResult> => {
    const records: readonly ReceivedRecord[] = JSON.parse(payload).Records;
    calls.push(records);
    try {
      return { payload: JSON.stringify((await handler(records)) ?? null) };
    } catch (error) {
      if (error instanceof AwsError) throw error;
      return { payload: '{}', functionError: 'Unhandled' };
    }
  };
  const log = (line: string) => void lines.push(line);
  const mappings = startQueueMappings({ model, access, invoker: { invoke }, sqs, log, retryScale: 0.01 });
  const stop = once(async () => {
    await mappings.stop();
    await sqs.stop();
  });
  onTestFinished(stop);
  const bodies = () => calls.map((records) => records.map(({ body }) => body));
  /** The bodies of all messages in a queue that nothing reads. */
  const peek = async (arn: string) =>
    (await sqs.receiveFrom(arn, { limit: 10, waitSeconds: 0 })).map(({ body }) => body);
  /** The number of messages that were received and neither deleted nor became visible again. */
  const hidden = async () => {
    const input = { QueueUrl: 'work', AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] };
    const { body } = await sqs.service.handle({
      method: 'POST',
      url: '/',
      headers: { 'x-amz-target': 'AmazonSQS.GetQueueAttributes' },
      body: Buffer.from(JSON.stringify(input)),
      principal: { kind: 'operator' },
    });
    return Number(JSON.parse(String(body)).Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  return {
    hidden,
    send: (body: string) => sqs.sendToQueue(queueArn, body),
    calls,
    bodies,
    lines,
    mappings,
    peek,
    stop,
  };
}

test('a message is passed to the function in the format of Lambda, and deleted after its success', async () => {
  const { send, calls, hidden, mappings } = start(() => undefined, { queue: { VisibilityTimeout: 60 } });
  expect(mappings.problems).toEqual([]);
  await send('{"n":1}');
  await until('an invocation', () => calls.length > 0);
  expect(calls).toEqual([
    [
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: '{"n":1}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: accountId,
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {},
        md5OfBody: '082c26c8a6bc75226a31da5495cc9292',
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: testRegion,
      },
    ],
  ]);
  await until('the message is deleted', async () => (await hidden()) === 0);
});

test('a failed message becomes visible again, and is moved to the dead-letter queue after its last attempt', async () => {
  const { send, bodies, peek } = start(
    () => {
      throw new Error('poison');
    },
    { queue: { VisibilityTimeout: 1 } },
  );
  await send('poison');
  const dead = await until('the message is dead', async () => {
    const found = await peek(deadArn);
    return found.length > 0 && found;
  });
  expect(dead).toEqual(['poison']);
  expect(bodies()).toEqual([['poison'], ['poison']]);
});

test('only the reported messages of a batch are delivered again', async () => {
  const seen = new Map<string, number>();
  const { send, bodies } = start(
    (records) => {
      for (const { body } of records) seen.set(body, (seen.get(body) ?? 0) + 1);
      const failed = records.filter(({ body }) => body === 'bad');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    },
    {
      mapping: {
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        MaximumBatchingWindowInSeconds: 1,
        ScalingConfig: { MaximumConcurrency: 2 },
      },
      queue: { VisibilityTimeout: 3 },
    },
  );
  await Promise.all([send('good'), send('bad')]);
  await until('the second delivery', () => seen.get('bad') === 2);
  expect(seen.get('good')).toBe(1);
  expect(bodies().at(-1)).toEqual(['bad']);
});

test.each([
  [undefined, 5],
  [2, 2],
  [8, 8],
])('with a MaximumConcurrency of %s, %i batches are processed at the same time', async (limit, expected) => {
  let running = 0;
  let most = 0;
  const finish: Array<() => void> = [];
  const { send, bodies } = start(
    async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
    },
    {
      mapping: {
        BatchSize: 1,
        ...(limit === undefined ? {} : { ScalingConfig: { MaximumConcurrency: limit } }),
      },
      queue: { VisibilityTimeout: 30 },
    },
  );
  const sent = Array.from({ length: 10 }, (_, index) => String(index));
  await Promise.all(sent.map((body) => send(body)));
  await until('the batches', () => running === expected);
  while (bodies().length < sent.length || running > 0) {
    for (const end of finish.splice(0)) end();
    await new Promise(setImmediate);
  }
  expect(most).toBe(expected);
  expect(bodies().flat().toSorted()).toEqual(sent);
});

test('a message that no filter matches is deleted without an invocation', async () => {
  const filter = { Pattern: JSON.stringify({ body: { status: ['failed'] } }) };
  const { send, bodies, peek } = start(() => undefined, {
    mapping: { FilterCriteria: { Filters: [filter] } },
    queue: { VisibilityTimeout: 1 },
  });
  await send('{"status":"succeeded"}');
  await send('text');
  await send('{"status":"failed"}');
  await until('an invocation', () => bodies().length > 0);
  expect(bodies()).toEqual([['{"status":"failed"}']]);
  expect(await peek(deadArn)).toEqual([]);
});

test('messages beyond 6 MB are passed in several invocations', async () => {
  const large = 'x'.repeat(1_000_000);
  // A single reader gathers all messages in its window.
  const mapping = { MaximumBatchingWindowInSeconds: 1, ScalingConfig: { MaximumConcurrency: 1 } };
  const { send, bodies } = start(() => undefined, { mapping });
  await Promise.all(Array.from({ length: 8 }, () => send(large)));
  await until('all messages', () => bodies().flat().length === 8);
  for (const batch of bodies()) expect(batch.join('').length).toBeLessThan(6_000_000);
});

test('a throttled invocation leaves its messages in the queue', async () => {
  let throttled = 0;
  const { send, bodies, lines } = start(
    () => {
      throttled += 1;
      if (throttled === 1) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.');
    },
    { queue: { VisibilityTimeout: 1, RedrivePolicy: undefined } },
  );
  await send('again');
  await until('the second delivery', () => bodies().length > 1);
  expect(bodies()).toEqual([['again'], ['again']]);
  expect(lines).toEqual([
    expect.stringMatching(/^Event source mapping Test\/Mapping failed: .*Rate Exceeded/),
  ]);
});

test('a message that was not processed before a stop is delivered after the next start', async () => {
  const dataDirectory = temporaryDirectory();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const first = start(() => held, { dataDirectory, queue: { VisibilityTimeout: 1 } });
  await first.send('again');
  await until('an invocation', () => first.calls.length > 0);
  const stopped = first.stop();
  release();
  await stopped;
  const second = start(() => undefined, { dataDirectory, queue: { VisibilityTimeout: 1 } });
  await until('the delivery', () => second.calls.length > 0);
  expect(second.bodies()).toEqual([['again']]);
});

test('a mapping whose role may not read the queue does not run, and the reason is reported', async () => {
  const access: AccessControl = {
    require: (_principal, { action }) => {
      if (action === 'sqs:DeleteMessage') throw new AwsError('AccessDenied', `not authorized: ${action}`);
    },
  };
  const { send, mappings, calls, peek } = start(() => undefined, { access });
  expect(mappings.problems).toEqual([
    'Event source mapping Test/Mapping does not run: not authorized: sqs:DeleteMessage',
  ]);
  await send('unread');
  expect(await peek(queueArn)).toEqual(['unread']);
  expect(calls).toEqual([]);
});

test.each([
  ['a queue that does not exist', { EventSourceArn: `${queueArn}-2` }, {}, 'does not exist'],
  ['a function that does not exist', { FunctionName: 'nobody' }, {}, 'the function nobody does not exist'],
  [
    'a timeout beyond the visibility timeout',
    {},
    { Timeout: 60 },
    '3 s, is less than the timeout of the function, 60 s',
  ],
  [
    'a large batch without a window',
    { BatchSize: 100 },
    {},
    'needs a MaximumBatchingWindowInSeconds of at least 1',
  ],
  ['a property of streams', { StartingPosition: 'LATEST' }, {}, 'StartingPosition is not supported'],
])('a mapping with %s is refused', (_what, mapping, lambda, message) => {
  expect(() => loadQueueMappings(modelWith(mapping, {}, lambda))).toThrow(message);
});
