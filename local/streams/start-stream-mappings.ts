import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessControl, CloudModel, Deliver, FunctionInvoker, Part } from '../cloud.ts';
import { messageOf } from '../error-message.ts';
import type { FaultHook } from '../events/fault.ts';
import { once } from '../events/once.ts';
import { followStream } from './follow-stream.ts';
import { loadStreamMappings, type StreamMapping } from './mapping.ts';
import { openPositionStore, type PositionStore } from './position-store.ts';
import type { PassingBatch } from './process-batch.ts';
import type { ReadStream } from './stream-record.ts';
import { createWaker } from './waker.ts';

/** Options of the event source mappings. */
export interface StreamMappingOptions {
  readonly model: CloudModel;
  readonly access: AccessControl;
  readonly invoker: Pick<FunctionInvoker, 'invoke'>;
  readonly readStream: ReadStream;
  /**
   * Adds a listener that is called with a stream's ARN after each write to its table. Returns a function that
   * removes it.
   */
  readonly onWrite: (listener: (streamArn: string) => void) => () => void;
  readonly deliver: Deliver;
  readonly dataDirectory: string;
  readonly log?: (line: string) => void;
  /** Factor on the pauses between retries; default 1, smaller in tests. */
  readonly retryScale?: number;
  /** Longest time between two reads of an idle stream. */
  readonly pollMs?: number;
  readonly faults?: FaultHook<PassingBatch>;
}

/** The event source mappings of DynamoDB streams. */
export interface StreamMappings extends Part {
  /** Reasons why mappings do not run, one sentence each; empty if all run. */
  readonly problems: readonly string[];
}

const readActions = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'];
const pollIntervalMs = 5_000;
const failedReadPauseMs = 1_000;
const stopWithinMs = 2_000;

/**
 * Starts every enabled mapping of the model. A mapping whose function's role may not read its stream does not
 * run and is listed in `problems`. Throws if a mapping is not supported.
 */
export function startStreamMappings(options: StreamMappingOptions): StreamMappings {
  const log = options.log ?? console.error;
  const mappings = loadStreamMappings(options.model);
  const denied = mappings.map((mapping) => [mapping, denialOf(mapping, options.access)] as const);
  const problems = denied.flatMap(([, denial]) => (denial === undefined ? [] : [denial]));
  for (const problem of problems) log(problem);
  const positions = openPositionStore(join(options.dataDirectory, 'streams'));
  const controller = new AbortController();
  const permitted = denied.flatMap(([mapping, denial]) => (denial === undefined ? [mapping] : []));
  const following = permitted.map((mapping) =>
    keepFollowing(mapping, { options, positions, log, signal: controller.signal }),
  );
  return {
    problems,
    stop: once(async () => {
      controller.abort();
      // The stop does not wait for a running function; its batch is delivered again.
      await Promise.race([Promise.all(following), sleep(stopWithinMs, undefined, { ref: false })]);
      positions.close();
    }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html */
function denialOf(mapping: StreamMapping, access: AccessControl): string | undefined {
  const principal = { kind: 'role', roleArn: mapping.roleArn, sessionName: mapping.uuid } as const;
  try {
    for (const action of readActions)
      access.require(principal, { action: `dynamodb:${action}`, resource: mapping.streamArn });
    return undefined;
  } catch (error) {
    return `Event source mapping ${mapping.key} does not run: ${messageOf(error)}`;
  }
}

interface Following {
  readonly options: StreamMappingOptions;
  readonly positions: PositionStore;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Follows a stream and restarts after errors, because a stream that is temporarily unreadable must not end
 * its mapping.
 */
async function keepFollowing(
  mapping: StreamMapping,
  { options, positions, log, signal }: Following,
): Promise<void> {
  const { invoker, deliver, readStream, retryScale = 1, pollMs = pollIntervalMs } = options;
  const waker = createWaker(signal);
  const unsubscribe = options.onWrite((streamArn) => {
    if (streamArn === mapping.streamArn) waker.wake();
  });
  const fault = options.faults ?? (() => undefined);
  const batch = { mapping, invoker, deliver, fault, retryScale, log, signal };
  while (!signal.aborted) {
    try {
      await followStream({ mapping, readStream, positions, waker, pollMs, signal, batch });
    } catch (error) {
      if (signal.aborted) break;
      log(`Event source mapping ${mapping.key} restarts after an error: ${String(error)}`);
      await sleep(failedReadPauseMs * retryScale, undefined, { signal }).catch(() => undefined);
    }
  }
  unsubscribe();
}
