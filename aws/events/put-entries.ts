import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { asError } from '../../core/std/as-error.ts';
import type { EventEntry } from './event-entry.ts';

/**
 * Entry errors that may pass; all others stay as they are however often they are tried
 * (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html).
 */
const passingCodes = new Set([
  'ThrottlingException',
  'InternalFailure',
  'InternalException',
  'ServiceUnavailable',
]);

/** What one call did not take. */
export interface PutAnswer {
  /** Worth another try. */
  readonly open: readonly EventEntry[];
  readonly refused: readonly EventEntry[];
  readonly count: number;
  /** The first reason, when something was not taken. */
  readonly cause?: Error;
}

/** Sends one group in one call. A call that fails as a whole has been retried by the SDK: all of it is refused. */
export async function putEntries(
  client: EventBridgeClient,
  group: readonly EventEntry[],
): Promise<PutAnswer> {
  try {
    const Entries = group.map(({ entry }) => entry);
    const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
    const failed = group.flatMap((entry, index) => {
      const { ErrorCode: code, ErrorMessage: message } = results[index] ?? { ErrorCode: 'NoAnswer' };
      return code === undefined ? [] : [{ entry, code, message }];
    });
    const open = failed.filter(({ code }) => passingCodes.has(code)).map(({ entry }) => entry);
    const refused = failed.filter(({ code }) => !passingCodes.has(code)).map(({ entry }) => entry);
    const [first] = failed;
    return {
      open,
      refused,
      count: failed.length,
      ...(first && { cause: new Error(`${first.code}: ${first.message}`) }),
    };
  } catch (error) {
    const cause = asError(error);
    return { open: [], refused: group, count: group.length, cause };
  }
}
