import type { EventBus } from '../../ports/event-bus.ts';
import type { Settings } from '../../ports/settings.ts';
import { type JobChange, publishEvents } from '../publish-events.ts';
import { type AppendDeps, appendToLog } from './append-to-log.ts';

export interface LogAndPublishDeps extends AppendDeps {
  readonly bus: EventBus;
  readonly settings: Pick<Settings, 'apiBaseUrl' | 'eventLogDays'>;
}

/**
 * Appends the events of a batch of changes to the event log, then publishes them on the bus, and returns the
 * positions of the changes for which either failed. An event is on the bus only if it is in the log: if a
 * process ends in between, the batch is delivered again. Without an event log, the events are only published.
 */
export async function logAndPublish(
  deps: LogAndPublishDeps,
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const unlogged = deps.settings.eventLogDays === 0 ? [] : await appendToLog(deps, changes);
  const logged = changes.filter(({ position }) => !unlogged.includes(position));
  return [...unlogged, ...(await publishEvents(deps, logged))];
}
