import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { asError } from '../../core/std/as-error.ts';
import type { EventEntry } from './event-entry.ts';

/**
 * Transient errors of entries; for all others a retry is useless
 * (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html).
 */
const transientCodes = new Set([
  'ThrottlingException',
  'InternalFailure',
  'InternalException',
  'ServiceUnavailable',
]);

/** The entries that one call did not accept. */
export interface PutResult {
  /** Entries with transient errors. */
  readonly retryable: readonly EventEntry[];
  readonly rejected: readonly EventEntry[];
  readonly count: number;
  /** The first error, if any entry was not accepted. */
  readonly cause?: Error;
}

/**
 * Sends one group in one call. If the call fails as a whole, the SDK has retried it: all entries count as
 * rejected.
 */
export async function putEntries(
  client: EventBridgeClient,
  group: readonly EventEntry[],
): Promise<PutResult> {
  try {
    const Entries = group.map(({ entry }) => entry);
    const { Entries: results = [] } = await client.send(new PutEventsCommand({ Entries }));
    const failed = group.flatMap((entry, index) => {
      const { ErrorCode: code, ErrorMessage: message } = results[index] ?? { ErrorCode: 'NoResult' };
      return code === undefined ? [] : [{ entry, code, message }];
    });
    const retryable = failed.filter(({ code }) => transientCodes.has(code)).map(({ entry }) => entry);
    const rejected = failed.filter(({ code }) => !transientCodes.has(code)).map(({ entry }) => entry);
    const [first] = failed;
    return {
      retryable,
      rejected: rejected,
      count: failed.length,
      ...(first && { cause: new Error(`${first.code}: ${first.message}`) }),
    };
  } catch (error) {
    const cause = asError(error);
    return { retryable: [], rejected: group, count: group.length, cause };
  }
}
