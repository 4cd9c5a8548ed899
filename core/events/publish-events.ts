import { type Job, sequenceOf } from '../jobs/model/job.ts';
import type { Tombstone } from '../jobs/model/tombstone.ts';
import type { EventBus } from '../ports/event-bus.ts';
import type { Settings } from '../ports/settings.ts';
import { deletedEvent } from './deleted-event.ts';
import { jobEvents } from './job-events.ts';

/** One write of a job in the table's stream. */
export interface JobChange {
  /** Position of the change in the stream. */
  readonly position: string;
  readonly before?: Job;
  /** Absent if the job was deleted. */
  readonly after?: Job;
  /** The tombstone of a job that was deleted. */
  readonly tombstone?: Tombstone;
}

/**
 * Publishes the transitions in a batch of changes and returns the positions of the changes that could not be
 * published. A change without a transition, such as a new `nextCheckAt`, publishes nothing. A batch that is
 * delivered twice is published twice: consumers drop duplicates by `id`.
 */
export async function publishEvents(
  { bus, settings }: { readonly bus: EventBus; readonly settings: Pick<Settings, 'apiBaseUrl'> },
  changes: readonly JobChange[],
): Promise<readonly string[]> {
  const changesWithEvents = changes.map((change) => ({
    position: change.position,
    events: eventsOf(change, settings.apiBaseUrl),
  }));
  const unpublished = new Set(
    (await bus.publish(changesWithEvents.flatMap((change) => change.events))).map(({ id }) => id),
  );
  return changesWithEvents
    .filter((change) => change.events.some(({ id }) => unpublished.has(id)))
    .map((change) => change.position);
}

/** When a change was made, in epoch milliseconds. */
export function changedAt({ before, after, tombstone }: JobChange): number {
  return tombstone?.deletedAt ?? (after ?? before)?.updatedAt ?? 0;
}

/** The events of the transitions that a change added, in order. */
export function eventsOf({ before, after, tombstone }: JobChange, baseUrl: string) {
  if (tombstone !== undefined) return [deletedEvent(tombstone, baseUrl)];
  if (after === undefined) return [];
  return jobEvents(after, baseUrl, before === undefined ? 0 : sequenceOf(before));
}
