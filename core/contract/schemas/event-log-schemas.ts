import * as z from 'zod/mini';
import { jobStatuses } from '../job-state.ts';
import { groupName } from '../tags.ts';
import { wellFormed } from '../well-formed.ts';
import { jobEvent } from './event-schemas.ts';
import { jobIds, serviceNames } from './job-list-schemas.ts';
import { pageLimit } from './list-schemas.ts';

const kinds = [...jobStatuses, 'deleted'].join('|');

/** Filters of the event log. An event must meet all of them. */
export const eventLogQuery = z.strictObject({
  /** A `position` of the same tenant, or `now`. */
  after: z.optional(z.string().check(z.minLength(1), z.maxLength(256))),
  /** Comma-separated types of events. */
  type: z.optional(
    z
      .string()
      .check(
        z.regex(
          new RegExp(`^errand[.]job[.](?:${kinds})(?:,errand[.]job[.](?:${kinds})){0,19}$`),
          'must be a comma-separated list of at most 20 types of events, such as errand.job.succeeded',
        ),
      ),
  ),
  /** Comma-separated service names. */
  service: z.optional(serviceNames),
  /** A tag that the job had when the event occurred. */
  tag: z.optional(z.string().check(z.minLength(1), z.maxLength(128), wellFormed)),
  /** The group of the jobs. */
  group: z.optional(groupName),
  /** Comma-separated IDs or URNs of jobs. */
  jobId: z.optional(jobIds),
  limit: pageLimit,
});

/** A page of the event log. */
export const eventLogPage = z.strictObject({
  items: z.array(jobEvent),
  /** Where the next page starts, also if it is still empty. */
  position: z.string(),
});
