import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { JobEvent } from '../core/contract/event-schemas.ts';
import type { EventBus } from '../core/ports/event-bus.ts';
import { backoff } from './backoff.ts';
import { type EventEntry, toEntry } from './event-entry.ts';
import { groupEntries, maxCallBytes } from './event-groups.ts';

const maxTries = 4;
const parallelCalls = 4;

/** Entry errors that may pass; others, such as a missing bus, stay as they are however often they are tried. */
const passingCodes = new Set(['ThrottlingException', 'InternalFailure', 'InternalException', 'ServiceUnavailable']);

interface BusDeps {
  readonly client: EventBridgeClient;
  readonly busName: string;
}

/**
 * Publishes to an EventBridge bus. PutEvents may take some entries of a call and refuse others: those that may
 * pass are tried four times in all, with growing random waits. A call that fails as a whole was retried by the
 * SDK; its events are answered as not published, as is an event that is too large. Never throws for an event.
 */
export function eventBus(deps: BusDeps): EventBus {
  return {
    async publish(events) {
      const entries = events.map((event) => toEntry(event, deps.busName));
      const tooLarge = entries.filter(({ sizeBytes }) => sizeBytes > maxCallBytes);
      const groups = groupEntries(entries.filter(({ sizeBytes }) => sizeBytes <= maxCallBytes));
      const refused = [...tooLarge, ...(await publishGroups(deps, groups))];
      return refused.map(({ event }) => event);
    },
  };
}

async function publishGroups(deps: BusDeps, groups: ReadonlyArray<readonly EventEntry[]>): Promise<EventEntry[]> {
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
    const answer = await putEntries(deps, open);
    refused.push(...answer.refused);
    open = answer.open;
  }
  return [...refused, ...open];
}

/** `open` may be tried again, `refused` may not. */
async function putEntries({ client }: BusDeps, group: readonly EventEntry[]) {
  const codes = await putOnce(client, group);
  const failed = group.filter((_, index) => codes[index] !== undefined);
  const mayPass = (entry: EventEntry) => passingCodes.has(codes[group.indexOf(entry)] ?? '');
  return { open: failed.filter(mayPass), refused: failed.filter((entry) => !mayPass(entry)) };
}
