import * as z from 'zod/mini';
import { dayStart, timestamp } from '../date-time.ts';
import { jobStatuses } from '../job-state.ts';
import { jobReference, jobReferencePattern } from '../names.ts';
import { groupName, groupPrefix } from '../tags.ts';
import { wellFormed } from '../well-formed.ts';
import { pageCursor, pageLimit } from './list-schemas.ts';
import { jobName } from './submission-schemas.ts';

/** Maximum number of IDs per request. */
const maxListedIds = 100;

const statusPattern = new RegExp(`^(?:${jobStatuses.join('|')})(?:,(?:${jobStatuses.join('|')}))*$`);

const jobIdsPattern = new RegExp(
  `^${jobReferencePattern}(?:,${jobReferencePattern}){0,${maxListedIds - 1}}$`,
);
/** Comma-separated IDs or URNs. */
export const jobIds = z
  .string()
  .check(z.regex(jobIdsPattern, `must be a comma-separated list of at most ${maxListedIds} job IDs`));
/** Comma-separated names of services. They have at most 63 characters; a longer text would not fit in a key. */
export const serviceNames = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9-]{1,63}(?:,[a-z0-9-]{1,63}){0,19}$/,
      'must be a comma-separated list of at most 20 service names of at most 63 characters',
    ),
  );

const jobTag = z.string().check(z.minLength(1), z.maxLength(128), wellFormed);

/** Filters and paging of a list of jobs. A job must match all filters. */
export const jobListQuery = z.strictObject({
  /** Comma-separated IDs or URNs. */
  id: z.optional(jobIds),
  /** ID or URN of the parent job. */
  parent: z.optional(jobReference),
  /** A tag that the jobs have. */
  tag: z.optional(jobTag),
  /** The group of the jobs. */
  group: z.optional(groupName),
  /** Comma-separated service names. */
  service: z.optional(serviceNames),
  serviceVersion: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
  /** Prefix of the name. Without other filters, the list is ordered by name. */
  namePrefix: z.optional(jobName),
  /** Comma-separated states. */
  status: z.optional(
    z.string().check(z.regex(statusPattern, `must be a comma-separated list of ${jobStatuses.join(', ')}`)),
  ),
  /** Created at or after this time. */
  createdAfter: z.optional(timestamp),
  /** Created before this time. */
  createdBefore: z.optional(timestamp),
  /** By default `desc`, newest first. */
  order: z.optional(z.enum(['desc', 'asc'])),
  limit: pageLimit,
  cursor: pageCursor,
});

export const jobStatsQuery = z.strictObject({
  /** A tag that the jobs have. */
  tag: z.optional(jobTag),
  /** The group of the jobs. */
  group: z.optional(groupName),
  /** Comma-separated service names. */
  service: z.optional(serviceNames),
  /** Created on or after this day. */
  createdAfter: z.optional(dayStart),
  /** Created before this day. */
  createdBefore: z.optional(dayStart),
});

const counts = {
  total: z.int(),
  /** By state, without states that have no jobs. */
  byStatus: z.record(z.string(), z.int()),
};

export const jobStats = z.strictObject({
  ...counts,
  /** By day, newest first, then by service. */
  items: z.array(
    z.strictObject({
      /** Day of creation in UTC, such as 2026-11-21. */
      day: z.string(),
      /** Absent for drafts without a service. */
      service: z.optional(z.string()),
      ...counts,
      /** Mean time from `pending` to success; absent when no job succeeded. */
      meanDurationSeconds: z.optional(z.number()),
    }),
  ),
  /**
   * False when not all jobs were counted: of the jobs that have not ended, 1,000 are counted; with `tag` or `group`, the newest
   * 10,000 jobs with the tag or in the group are examined, for ten seconds at most.
   */
  complete: z.boolean(),
});

export const groupListQuery = z.strictObject({
  /** Prefix of the name. */
  namePrefix: z.optional(groupPrefix),
  limit: pageLimit,
  cursor: pageCursor,
});

/** A group of jobs with its counts, which lag by about a second. */
export const groupRepresentation = z.strictObject({
  name: groupName,
  ...counts,
  /** Of its first job. */
  firstRequestedAt: z.string(),
  lastUpdatedAt: z.string(),
  /** Mean time from `pending` to success; absent when no job succeeded. */
  typicalSeconds: z.optional(z.number()),
  /** Absent before the first started job has ended, and when all have. */
  expectedEndAt: z.optional(z.string()),
  links: z.record(z.string(), z.string()),
});

export type GroupRepresentation = z.infer<typeof groupRepresentation>;
