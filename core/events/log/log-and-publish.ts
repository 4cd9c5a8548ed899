import type { EventBus } from '../../ports/event-bus.ts';
import type { Settings } from '../../ports/settings.ts';
import { type JobChange, publishEvents } from '../publish-events.ts';
import { type AppendDeps, appendToLog } from './append-to-log.ts';

export interface LogAndPublishDeps extends AppendDeps {
  readonly bus: EventBus;
  /** Sends the events of changes to webhooks, and returns the positions of the changes for which it could not. */
  readonly sendToWebhooks: (changes: readonly JobChange[]) => Promise<readonly string[]>;
  readonly settings: Pick<Settings, 'apiBaseUrl' | 'eventLogDays'>;
}

/**
 * Appends the events of a batch of changes to the event log, then publishes them on the bus and sends them to
 * webhooks, and returns the positions of the changes for which any of this failed, each once. An event is on the
 * bus or sent to a webhook only if it is in the log: if a process ends in between, the batch is delivered again.
 * Without an event log, the events are only published and sent.
 */
export async function logAndPublish(
  deps: LogAndPublishDeps,
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const unlogged = deps.settings.eventLogDays === 0 ? [] : await appendToLog(deps, changes);
  const logged = changes.filter(({ position }) => !unlogged.includes(position));
  const [unpublished, unsent] = await Promise.all([publishEvents(deps, logged), deps.sendToWebhooks(logged)]);
  return [...new Set([...unlogged, ...unpublished, ...unsent])];
}
