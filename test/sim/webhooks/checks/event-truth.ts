import type { JobEvent } from '../../../../core/contract/schemas/event-schemas.ts';
import { deletedEvent } from '../../../../core/events/deleted-event.ts';
import { jobEvents } from '../../../../core/events/job-events.ts';
import { eventsOf, type JobChange } from '../../../../core/events/publish-events.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';

const { apiBaseUrl } = testSettings();

/** An event of a job, with the change that it is published for. */
export interface TrueEvent {
  readonly event: JobEvent;
  readonly change: JobChange;
}

/** All events of the changes of jobs, by ID. */
export function eventsOfChanges(changes: readonly JobChange[]): ReadonlyMap<string, TrueEvent> {
  return new Map(
    changes.flatMap((change) =>
      eventsOf(change, apiBaseUrl).map((event) => [event.id, { event, change }] as const),
    ),
  );
}

/** The forms that an event may have if its job is read after the first `from` changes and before the change `to`. */
export function formsOf(
  eventId: string,
  changes: readonly JobChange[],
  { from, to }: { readonly from: number; readonly to: number },
): readonly string[] {
  const [jobId, sequence] = eventId.split('/');
  const isOfJob = ({ after, tombstone }: JobChange) => (after ?? tombstone?.job)?.id === jobId;
  const before = changes.slice(0, from).findLast(isOfJob);
  const read = [...(before === undefined ? [] : [before]), ...changes.slice(from, to).filter(isOfJob)];
  return read.map((change) => JSON.stringify(allEvents(change)[Number(sequence) - 1]));
}

function allEvents({ after, tombstone }: JobChange): readonly JobEvent[] {
  if (tombstone !== undefined)
    return [...jobEvents(tombstone.job, apiBaseUrl), deletedEvent(tombstone, apiBaseUrl)];
  return after === undefined ? [] : jobEvents(after, apiBaseUrl);
}
