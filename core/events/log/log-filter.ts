import type { EventReference } from '../../ports/events/event-log.ts';
import { labelDigest } from './event-references.ts';

/** Which events of the log a reader receives: those that meet all given conditions. */
export interface LogFilter {
  /** Types such as `errand.job.succeeded`. */
  readonly types?: readonly string[];
  /** Names of services. */
  readonly services?: readonly string[];
  readonly tag?: string;
  readonly group?: string;
  readonly jobIds?: readonly string[];
}

const typePrefix = 'errand.job.';

/**
 * A predicate for the events of the log, which reads no job. The service and the tags are those that the job had
 * when the event occurred.
 */
export function logFilter(filter: LogFilter): (event: EventReference) => boolean {
  const kinds = setOf(filter.types?.map((type) => type.slice(typePrefix.length)));
  const services = setOf(filter.services);
  const jobIds = setOf(filter.jobIds);
  const tag = filter.tag === undefined ? undefined : labelDigest(filter.tag);
  const group = filter.group === undefined ? undefined : labelDigest(filter.group);
  return (event) =>
    (kinds?.has(event.kind) ?? true) &&
    (services?.has(event.service ?? '') ?? true) &&
    (jobIds?.has(event.jobId) ?? true) &&
    (tag === undefined || event.tagDigests?.includes(tag) === true) &&
    (group === undefined || event.groupDigest === group);
}

/** Whether a filter excludes any event. */
export function isSelective({ types, services, tag, group, jobIds }: LogFilter): boolean {
  return [types, services, tag, group, jobIds].some((condition) => condition !== undefined);
}

function setOf(values: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return values === undefined ? undefined : new Set(values);
}
