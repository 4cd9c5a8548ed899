import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { readWebhookMessage, sqsWebhookQueue } from '../../../aws/sqs/sqs-webhook-queue.ts';
import type { OutgoingMessage } from '../../../core/ports/webhooks/webhook-queue.ts';

const messages = (count: number): readonly OutgoingMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    message: {
      kind: 'attempt',
      tenant: `t-${index % 2}`,
      webhookId: `w-${index}`,
      deliveryId: `d-${index}`,
      round: 0,
      number: 1,
    },
    ...(index === 0 ? { delaySeconds: 7 } : {}),
  }));

/** A queue whose client rejects the messages that `rejects` returns true for, by the number of the call. */
function queueWith(rejects: (body: string, call: number) => boolean) {
  const calls: SendMessageBatchCommand['input'][] = [];
  const lines: string[] = [];
  const client = {
    async send({ input }: SendMessageBatchCommand) {
      calls.push(input);
      const entries = input.Entries ?? [];
      const failed = entries.filter(({ MessageBody }) => rejects(MessageBody ?? '', calls.length));
      return {
        Successful: entries.filter((entry) => !failed.includes(entry)).map(({ Id }) => ({ Id })),
        Failed: failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      };
    },
  } as unknown as SQSClient; // only `send` is called
  const log = { info: () => undefined, warn: (line: string) => void lines.push(line) };
  const queue = sqsWebhookQueue({ client: async () => client, queueUrl: 'https://queue.example/', log });
  return { queue, calls, lines };
}

describe('sqsWebhookQueue', () => {
  test('sends ten messages in a call, each with its delay and the group of its tenant', async () => {
    const { queue, calls } = queueWith(() => false);
    expect(await queue.send(messages(25))).toEqual([]);
    expect(calls.map(({ Entries = [] }) => Entries.length)).toEqual([10, 10, 5]);
    const [first, second] = calls[0]?.Entries ?? [];
    expect(first).toMatchObject({ DelaySeconds: 7, MessageGroupId: 't-0' });
    expect(second).toMatchObject({ DelaySeconds: 0, MessageGroupId: 't-1' });
    expect(readWebhookMessage(second?.MessageBody ?? '')).toEqual(messages(2)[1]?.message);
  });

  test('makes no call without messages', async () => {
    const { queue, calls } = queueWith(() => false);
    expect(await queue.send([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('sends rejected messages again, up to four times, and returns those that remain', async () => {
    const { queue, calls } = queueWith(
      (body, call) => body.includes('"d-3"') || (body.includes('"d-4"') && call < 3),
    );
    const sent = messages(5);
    expect(await queue.send(sent)).toEqual([sent[3]]);
    expect(calls.map(({ Entries = [] }) => Entries.length)).toEqual([5, 2, 2, 1]);
  });

  test('returns all messages of a call that fails as a whole', async () => {
    const { queue, lines } = queueWith(() => {
      throw new Error('throttled');
    });
    const sent = messages(3);
    expect(await queue.send(sent)).toEqual(sent);
    expect(lines).toEqual(['messages-not-sent']);
  });
});

test.each(['{"kind":"other"}', '{}', 'no JSON'])('the message %s is unreadable', (body) => {
  expect(() => readWebhookMessage(body)).toThrow();
});
