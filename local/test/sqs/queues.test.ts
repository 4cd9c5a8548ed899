import { expect, test } from 'vitest';
import { attributesDigest, bodyDigest } from '../../sqs/message-digest.ts';
import { type DataPlane, startDataPlane } from '../fixture/data-plane.ts';
import { signedCall } from '../fixture/signed-call.ts';
import { temporaryDirectory } from '../fixture/write-assembly.ts';

const testWork = 'arn:aws:sqs:eu-central-1:123456789012:work';
const testUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/work';

interface Message {
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes?: Record<string, string>;
}

function caller(plane: DataPlane, key = plane.keys.operator) {
  return async (operation: string, input: Record<string, unknown>) => {
    const call = { url: plane.url, service: 'sqs', target: `AmazonSQS.${operation}`, key };
    return (await signedCall({ ...call, input: { QueueUrl: testUrl, ...input } })).json;
  };
}

function messagesOf(answer: Record<string, unknown>): readonly Message[] {
  // The service returns messages in this format or none.
  return (answer['Messages'] ?? []) as readonly Message[];
}

test('a hidden message is not received again, and a deleted message no longer exists', async () => {
  const plane = await startDataPlane();
  const call = caller(plane, plane.keyOf('writer'));
  const sent = await call('SendMessage', { MessageBody: 'hello' });
  expect(sent['MD5OfMessageBody']).toBe(bodyDigest('hello'));
  const [message] = messagesOf(await call('ReceiveMessage', { AttributeNames: ['All'] }));
  expect(message).toMatchObject({ Body: 'hello', Attributes: { ApproximateReceiveCount: '1' } });
  expect(messagesOf(await call('ReceiveMessage', {}))).toEqual([]);
  await call('ChangeMessageVisibility', { ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 });
  const [again] = messagesOf(await call('ReceiveMessage', {}));
  await call('DeleteMessage', { ReceiptHandle: again?.ReceiptHandle });
  expect(await call('GetQueueAttributes', { AttributeNames: ['All'] })).toMatchObject({
    Attributes: {
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      QueueArn: testWork,
    },
  });
});

test('the next message ends the wait of a receiver', async () => {
  const plane = await startDataPlane();
  const startedAt = performance.now();
  const waiting = caller(plane)('ReceiveMessage', { WaitTimeSeconds: 20 });
  await plane.sqs.sendToQueue(testWork, 'soon');
  expect(messagesOf(await waiting)).toMatchObject([{ Body: 'soon' }]);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test('a message that was received too often is moved to the dead-letter queue', async () => {
  const plane = await startDataPlane();
  const call = caller(plane);
  await plane.sqs.sendToQueue(testWork, 'poison');
  for (let attempt = 1; attempt <= 2; attempt++) {
    expect(
      messagesOf(await call('ReceiveMessage', { VisibilityTimeout: 0, WaitTimeSeconds: 5 })),
    ).toHaveLength(1);
  }
  expect(messagesOf(await call('ReceiveMessage', { WaitTimeSeconds: 1 }))).toEqual([]);
  const dead = await call('ReceiveMessage', { QueueUrl: testUrl.replace('work', 'dead') });
  expect(messagesOf(dead)).toMatchObject([{ Body: 'poison' }]);
});

test('a batch reports which entries failed', async () => {
  const plane = await startDataPlane();
  const Entries = [
    { Id: 'a', MessageBody: 'one' },
    { Id: 'b', MessageBody: '' },
  ];
  expect(await caller(plane)('SendMessageBatch', { Entries })).toMatchObject({
    Successful: [{ Id: 'a' }],
    Failed: [{ Id: 'b', Code: 'MissingParameter', SenderFault: true }],
  });
});

test('messages and their attributes survive a restart', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await startDataPlane({ dataDirectory });
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'test' } };
  await caller(first)('SendMessage', { MessageBody: 'kept', MessageAttributes });
  await first.stop();
  const second = await startDataPlane({ dataDirectory });
  const received = await caller(second)('ReceiveMessage', { MessageAttributeNames: ['All'] });
  expect(messagesOf(received)).toMatchObject([{ Body: 'kept', MessageAttributes }]);
});

test('a role without permission may not send, and an unknown queue is reported', async () => {
  const plane = await startDataPlane();
  const refused = await caller(plane, plane.keyOf('reader'))('SendMessage', { MessageBody: 'x' });
  expect(refused).toMatchObject({
    __type: 'AccessDeniedException',
    message: expect.stringContaining(`sqs:SendMessage on resource: ${testWork}`),
  });
  const unknown = await caller(plane)('SendMessage', { QueueUrl: `${testUrl}-other`, MessageBody: 'x' });
  expect(unknown).toMatchObject({ __type: 'QueueDoesNotExist' });
  await expect(plane.sqs.sendToQueue(`${testWork}-other`, 'x')).rejects.toThrow(`${testWork}-other`);
});

test('waiting receivers are ended when the runtime stops', async () => {
  const plane = await startDataPlane();
  const waiting = caller(plane)('ReceiveMessage', { WaitTimeSeconds: 20 }).catch(() => 'cut');
  const startedAt = performance.now();
  await plane.stop();
  await waiting;
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('attribute digests equal those that clients compute', () => {
  const attributes = {
    kind: { DataType: 'String', StringValue: 'test' },
    size: { DataType: 'Number', StringValue: '7' },
    raw: { DataType: 'Binary.x', BinaryValue: 'AAEC' },
  };
  // The digest was computed by another implementation.
  expect(attributesDigest(attributes)).toBe('1dfe4ac35ff21c4f836a4d13e0135bb7');
  expect(attributesDigest({})).toBeUndefined();
});
