import * as z from 'zod/mini';
import { jobStatuses } from '../job-state.ts';
import { dayStart, moment } from '../moment.ts';
import { jobReference, jobReferenceForm } from '../names.ts';
import { wellFormed } from '../well-formed.ts';
import { pageCursor, pageLimit } from './list-schemas.ts';
import { jobName } from './submission-schemas.ts';

/** How many ids one list may be asked for. */
const maxListedIds = 100;

const statusPattern = new RegExp(`^(?:${jobStatuses.join('|')})(?:,(?:${jobStatuses.join('|')}))*$`);

const jobIdsPattern = new RegExp(`^${jobReferenceForm}(?:,${jobReferenceForm}){0,${maxListedIds - 1}}$`);
const jobIds = z
  .string()
  .check(z.regex(jobIdsPattern, `must be a comma list of at most ${maxListedIds} ids of jobs`));
/** A longer name is no service's, and would not fit in a key. */
const services = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9-]{1,63}(?:,[a-z0-9-]{1,63}){0,19}$/,
      'must be a comma list of at most 20 names of at most 63 characters',
    ),
  );

/** What a list of jobs may be asked for. All that is given must hold. */
export const jobListQuery = z.strictObject({
  /** Comma list of ids or URNs. */
  id: z.optional(jobIds),
  /** Id or URN of the job that they are parts of. */
  parent: z.optional(jobReference),
  /** One tag. */
  tag: z.optional(z.string().check(z.minLength(1), z.maxLength(128), wellFormed)),
  /** Comma list of service names. */
  service: z.optional(services),
  serviceVersion: z.optional(z.string().check(z.minLength(1), z.maxLength(64))),
  /** What the name begins with. Alone, the list is in the order of names. */
  namePrefix: z.optional(jobName),
  /** Comma list of states. */
  status: z.optional(
    z.string().check(z.regex(statusPattern, `must be a comma list of ${jobStatuses.join(', ')}`)),
  ),
  /** Made then or later. */
  createdAfter: z.optional(moment),
  /** Made earlier. */
  createdBefore: z.optional(moment),
  /** `desc`, the newest first, if not given. */
  order: z.optional(z.enum(['desc', 'asc'])),
  limit: pageLimit,
  cursor: pageCursor,
});

export const jobStatsQuery = z.strictObject({
  /** Comma list of service names. */
  service: z.optional(services),
  /** Made on this day or later. */
  createdAfter: z.optional(dayStart),
  /** Made before this day. */
  createdBefore: z.optional(dayStart),
});

const counts = {
  total: z.int(),
  /** By state; those that no job is in are left out. */
  byStatus: z.record(z.string(), z.int()),
};

export const jobStats = z.strictObject({
  ...counts,
  /** The newest day first, then by service. */
  items: z.array(
    z.strictObject({
      /** Day in UTC on which the jobs were made, as in 2026-11-21. */
      day: z.string(),
      /** Left out for drafts that named none. */
      service: z.optional(z.string()),
      ...counts,
      /** From `pending` to success, where any succeeded. */
      meanDurationSeconds: z.optional(z.number()),
    }),
  ),
  /** False when more than 1,000 jobs have not ended: only 1,000 of them are counted then. */
  complete: z.boolean(),
});
