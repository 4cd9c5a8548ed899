import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { EventBus } from '../../core/ports/event-bus.ts';
import type { Log } from '../../core/ports/log.ts';
import { backoff } from '../system/backoff.ts';
import { type EventEntry, toEntry } from './event-entry.ts';
import { groupEntries, maxCallBytes } from './event-groups.ts';
import { putEntries } from './put-entries.ts';

const maxTries = 4;
const parallelCalls = 4;

interface BusDeps {
  readonly client: EventBridgeClient;
  readonly busName: string;
  readonly log: Log;
}

/**
 * Publishes to an EventBridge bus. PutEvents may accept some entries of a call and reject others: entries
 * with transient errors are tried four times in total, with growing random delays. A call that fails as a
 * whole was retried by the SDK; its events count as not published, as does an event that is too large.
 * Unpublished events are logged with their cause; no error is thrown.
 */
export function eventBus(deps: BusDeps): EventBus {
  return {
    async publish(events) {
      const entries = events.map((event) => toEntry(event, deps.busName));
      const tooLarge = entries.filter(({ sizeBytes }) => sizeBytes > maxCallBytes);
      for (const { event } of tooLarge) deps.log.warn('event-too-large', { eventId: event.id });
      const groups = groupEntries(entries.filter((entry) => !tooLarge.includes(entry)));
      const rejected = await publishGroups(deps, groups);
      return [...tooLarge, ...rejected].map(({ event }) => event);
    },
  };
}

async function publishGroups(
  deps: BusDeps,
  groups: ReadonlyArray<readonly EventEntry[]>,
): Promise<EventEntry[]> {
  const queue = [...groups];
  const rejected: EventEntry[] = [];
  const drain = async () => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      rejected.push(...(await publishGroup(deps, group)));
    }
  };
  await Promise.all(Array.from({ length: parallelCalls }, drain));
  return rejected;
}

async function publishGroup(deps: BusDeps, group: readonly EventEntry[]): Promise<readonly EventEntry[]> {
  const rejected: EventEntry[] = [];
  let retryable = group;
  for (let tryNumber = 0; retryable.length > 0 && tryNumber < maxTries; tryNumber += 1) {
    if (tryNumber > 0) await backoff(tryNumber);
    const result = await putEntries(deps.client, retryable);
    rejected.push(...result.rejected);
    retryable = result.retryable;
    if (result.cause !== undefined)
      deps.log.warn('events-not-published', { count: result.count, error: result.cause });
  }
  return [...rejected, ...retryable];
}
