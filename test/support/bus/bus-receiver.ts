import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { localAccount } from '../../../local/start-local.ts';
import { signedCall } from '../../../local/test/fixture/signed-call.ts';
import { busQueueName } from './bus-queue.ts';

/** Receives what the rule of `queueForAllEvents` sends to its queue, also while the service is killed and started again. */
export interface BusReceiver {
  /** How often each event was received, by its ID. */
  readonly received: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

const readers = 2;
const pauseMs = 200;

/**
 * Starts to receive events, of which each is passed on, also if it arrives again. The file contains the endpoint and the key of the
 * local AWS services, which differ between two starts of the service.
 */
export function receiveFromBus(
  accessFile: string,
  onEvent: (event: JobEvent) => void = () => undefined,
): BusReceiver {
  const received = new Map<string, number>();
  const stopped = new AbortController();
  const read = async () => {
    while (!stopped.signal.aborted) {
      try {
        for (const event of await receive(accessFile)) {
          received.set(event.id, (received.get(event.id) ?? 0) + 1);
          onEvent(event);
        }
      } catch {
        // The service is down. What it has not deleted is received again.
        await sleep(pauseMs);
      }
    }
  };
  const reading = Array.from({ length: readers }, read);
  return {
    received,
    stop: async () => {
      stopped.abort();
      await Promise.all(reading);
    },
  };
}

/** Receives up to ten events and deletes their messages. */
async function receive(accessFile: string): Promise<readonly JobEvent[]> {
  // The service wrote it.
  const aws = JSON.parse(readFileSync(accessFile, 'utf8')) as {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  const queueUrl = `${aws.endpoint}/${localAccount.accountId}/${busQueueName}`;
  const call = async (action: string, input: object) => {
    const target = `AmazonSQS.${action}`;
    const output = await signedCall({
      url: aws.endpoint,
      service: 'sqs',
      target,
      input: { QueueUrl: queueUrl, ...input },
      key: aws,
    });
    if (output.status !== 200) throw new Error(`${action}: ${output.status} ${JSON.stringify(output.json)}`);
    return output.json;
  };
  const { Messages = [] } = (await call('ReceiveMessage', {
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 1,
  })) as { readonly Messages?: ReadonlyArray<{ readonly Body: string; readonly ReceiptHandle: string }> };
  if (Messages.length > 0) {
    const entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await call('DeleteMessageBatch', { Entries: entries });
  }
  return Messages.map(({ Body }) => JSON.parse(Body).detail);
}
