import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessControl, CloudModel, FunctionInvoker, Part } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import { once } from '../events/once.ts';
import type { ReceivedMessage } from '../sqs/message-store.ts';
import type { Sqs } from '../sqs/start-sqs.ts';
import { loadQueueMappings, type QueueMapping } from './mapping.ts';
import { filteredRecord, messageRecord, processedMessages } from './queue-event.ts';

/** Options of the event source mappings of queues. */
export interface QueueMappingOptions {
  readonly model: CloudModel;
  readonly access: AccessControl;
  readonly invoker: Pick<FunctionInvoker, 'invoke'>;
  readonly sqs: Pick<Sqs, 'receiveFrom' | 'removeFrom'>;
  readonly log: (line: string) => void;
  /** Factor on the pause after a failure; default 1, smaller in tests. */
  readonly retryScale?: number;
}

/** The event source mappings of queues. */
export interface QueueMappings extends Part {
  /** Reasons why mappings do not run, one sentence each; empty if all run. */
  readonly problems: readonly string[];
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
const neededActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
const waitSeconds = 20;
const failurePauseMs = 1_000;
const stopWithinMs = 2_000;
/** Room for the event around the messages in the 6 MB of a request. */
const maxBatchBytes = 6_000_000;

/**
 * Starts every enabled mapping of a queue. A mapping whose function's role may not read its queue does not run and is
 * listed in `problems`. A message is deleted only after its function has succeeded; otherwise it becomes visible again
 * after the visibility timeout of the queue. Throws if a mapping is not supported.
 */
export function startQueueMappings(options: QueueMappingOptions): QueueMappings {
  const mappings = loadQueueMappings(options.model).map((mapping) => ({
    mapping,
    denial: denialOf(mapping, options.access),
  }));
  const controller = new AbortController();
  const readers = mappings.flatMap(({ mapping, denial }) =>
    denial === undefined
      ? Array.from({ length: mapping.maximumConcurrency }, () =>
          keepReading(mapping, options, controller.signal),
        )
      : [],
  );
  return {
    problems: mappings.flatMap(({ denial }) => denial ?? []),
    stop: once(async () => {
      controller.abort();
      // The stop does not wait for a running function; its messages are delivered again.
      await Promise.race([Promise.all(readers), sleep(stopWithinMs, undefined, { ref: false })]);
    }),
  };
}

function denialOf(mapping: QueueMapping, access: AccessControl): string | undefined {
  const principal = { kind: 'role', roleArn: mapping.roleArn, sessionName: mapping.uuid } as const;
  try {
    for (const action of neededActions)
      access.require(principal, { action: `sqs:${action}`, resource: mapping.queueArn });
    return undefined;
  } catch (error) {
    return `Event source mapping ${mapping.key} does not run: ${messageOf(error)}`;
  }
}

async function keepReading(
  mapping: QueueMapping,
  options: QueueMappingOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const messages = await gather(mapping, options, signal);
      for (const batch of batchesOf(messages)) await processBatch(mapping, options, { batch, signal });
    } catch (error) {
      if (signal.aborted) return;
      options.log(`Event source mapping ${mapping.key} failed: ${messageOf(error)}`);
      await sleep(failurePauseMs * (options.retryScale ?? 1), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Receives messages until the batch is full or its window has ended. */
async function gather(
  { queueArn, batchSize, windowSeconds }: QueueMapping,
  { sqs }: QueueMappingOptions,
  signal: AbortSignal,
): Promise<readonly ReceivedMessage[]> {
  const messages = [...(await sqs.receiveFrom(queueArn, { limit: batchSize, waitSeconds, signal }))];
  const endsAt = Date.now() + windowSeconds * 1000;
  while (messages.length > 0 && messages.length < batchSize && Date.now() < endsAt && !signal.aborted) {
    const limit = batchSize - messages.length;
    const rest = { limit, waitSeconds: Math.min(waitSeconds, (endsAt - Date.now()) / 1000), signal };
    messages.push(...(await sqs.receiveFrom(queueArn, rest)));
  }
  return messages;
}

/** Splits messages into batches that fit into a request. */
function batchesOf(messages: readonly ReceivedMessage[]): ReadonlyArray<readonly ReceivedMessage[]> {
  const batches: ReceivedMessage[][] = [];
  let sizeBytes = 0;
  for (const message of messages) {
    const messageBytes = Buffer.byteLength(JSON.stringify([message.body, message.attributes]));
    const last = batches.at(-1);
    if (last === undefined || sizeBytes + messageBytes > maxBatchBytes) {
      batches.push([message]);
      sizeBytes = messageBytes;
    } else {
      last.push(message);
      sizeBytes += messageBytes;
    }
  }
  return batches;
}

interface Processing {
  readonly batch: readonly ReceivedMessage[];
  readonly signal: AbortSignal;
}

/** Invokes the function and deletes what it has processed. Messages that no filter matches are deleted at once. */
async function processBatch(
  mapping: QueueMapping,
  { model, invoker, sqs }: QueueMappingOptions,
  { batch, signal }: Processing,
): Promise<void> {
  const { accountId, region } = model;
  const { queueArn, functionArn: functionName } = mapping;
  const origin = { queueArn, accountId, region };
  const records = batch.map((message) => ({ message, record: messageRecord(message, origin) }));
  const isAccepted = ({ record }: (typeof records)[number]) => mapping.accepts(filteredRecord(record));
  const accepted = records.filter(isAccepted);
  const rejected = records.filter((each) => !accepted.includes(each));
  sqs.removeFrom(
    queueArn,
    rejected.map(({ message }) => message),
  );
  if (accepted.length === 0) return;
  const payload = JSON.stringify({ Records: accepted.map(({ record }) => record) });
  const result = await invoker.invoke({ functionName, payload, principal: { kind: 'operator' } });
  if (signal.aborted) return; // The store may already be closed.
  const messages = accepted.map(({ message }) => message);
  sqs.removeFrom(queueArn, processedMessages(result, messages, mapping.reportsItemFailures));
}
