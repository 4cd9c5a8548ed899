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
 * Publishes to an EventBridge bus. PutEvents may take some entries of a call and refuse others: those that may
 * pass are tried four times in all, with growing random waits. A call that fails as a whole was retried by the
 * SDK; its events count as not published, as does an event that is too large. What was not published is logged
 * by cause; nothing is thrown for it.
 */
export function eventBus(deps: BusDeps): EventBus {
  return {
    async publish(events) {
      const entries = events.map((event) => toEntry(event, deps.busName));
      const tooLarge = entries.filter(({ sizeBytes }) => sizeBytes > maxCallBytes);
      for (const { event } of tooLarge) deps.log.warn('event-too-large', { eventId: event.id });
      const groups = groupEntries(entries.filter((entry) => !tooLarge.includes(entry)));
      const refused = await publishGroups(deps, groups);
      return [...tooLarge, ...refused].map(({ event }) => event);
    },
  };
}

async function publishGroups(
  deps: BusDeps,
  groups: ReadonlyArray<readonly EventEntry[]>,
): Promise<EventEntry[]> {
  const queue = [...groups];
  const refused: EventEntry[] = [];
  const worker = async () => {
    for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
      refused.push(...(await publishGroup(deps, group)));
    }
  };
  await Promise.all(Array.from({ length: parallelCalls }, worker));
  return refused;
}

async function publishGroup(deps: BusDeps, group: readonly EventEntry[]): Promise<readonly EventEntry[]> {
  const refused: EventEntry[] = [];
  let open = group;
  for (let tried = 0; open.length > 0 && tried < maxTries; tried += 1) {
    if (tried > 0) await backoff(tried);
    const answer = await putEntries(deps.client, open);
    refused.push(...answer.refused);
    open = answer.open;
    if (answer.cause !== undefined)
      deps.log.warn('events-not-taken', { count: answer.count, error: answer.cause });
  }
  return [...refused, ...open];
}
