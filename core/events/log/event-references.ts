import type { JobEvent } from '../../contract/schemas/event-schemas.ts';
import { type Job, sequenceOf } from '../../jobs/model/job.ts';
import type { Tombstone } from '../../jobs/model/tombstone.ts';
import type { EventReference } from '../../ports/events/event-log.ts';
import { digest } from '../../std/digest.ts';
import { omitUndefined } from '../../std/omit-undefined.ts';
import { deletedEvent } from '../deleted-event.ts';
import { jobEvents } from '../job-events.ts';
import type { JobChange } from '../publish-events.ts';

/** 48 bits: two tags or groups of a tenant are practically never confused, and each takes 8 bytes in the log. */
const digestLength = 8;

/** The text that stands for a tag or a group in the event log. */
export function labelDigest(label: string): string {
  return digest(label).slice(0, digestLength);
}

/** The ID of the event that a reference leads to. */
export function eventId({ jobId, sequence }: Pick<EventReference, 'jobId' | 'sequence'>): string {
  return `${jobId}/${sequence}`;
}

/** References to the events of a change: the same events that `publishEvents` publishes, in the same order. */
export function referencesOf({ before, after, tombstone }: JobChange): readonly EventReference[] {
  if (tombstone !== undefined) {
    const { job } = tombstone;
    return [referenceTo(job, { sequence: sequenceOf(job) + 1, kind: 'deleted' })];
  }
  if (after === undefined) return [];
  const known = before === undefined ? 0 : sequenceOf(before);
  return after.transitions
    .slice(known)
    .map(({ status }, index) => referenceTo(after, { sequence: known + index + 1, kind: status }));
}

function referenceTo(
  { id, service, tags, group }: Job,
  event: Pick<EventReference, 'sequence' | 'kind'>,
): EventReference {
  return omitUndefined({
    jobId: id,
    ...event,
    service: service?.name,
    tagDigests: tags.length === 0 ? undefined : tags.map(labelDigest),
    groupDigest: group === undefined ? undefined : labelDigest(group),
  });
}

/**
 * The event that a reference leads to, as every other way of following the job contains it; undefined if the
 * record has no such event.
 * @param baseUrl without a trailing slash
 */
export function referencedEvent(
  record: Job | Tombstone,
  { sequence }: EventReference,
  baseUrl: string,
): JobEvent | undefined {
  const job = 'deletedAt' in record ? record.job : record;
  if ('deletedAt' in record && sequence === sequenceOf(job) + 1) return deletedEvent(record, baseUrl);
  return jobEvents(job, baseUrl, sequence - 1)[0];
}
