import * as z from 'zod/mini';
import { jobAction } from '../job-actions.ts';

/**
 * One error of an input. The JSON Pointer (RFC 6901) starts at the root of the body; `keyword` is the
 * violated rule.
 */
export const violation = z.strictObject({ pointer: z.string(), detail: z.string(), keyword: z.string() });
export type Violation = z.infer<typeof violation>;

/** A problem document (RFC 9457) with the extension members of some problem types. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.optional(z.string()),
  errors: z.optional(z.array(violation)),
  suggestions: z.optional(z.array(z.string())),
  versions: z.optional(z.array(z.string())),
  /** The actions on the job, allowed or not. */
  actions: z.optional(z.array(jobAction)),
  /** The errors that prevent the start of a draft. */
  missing: z.optional(z.array(violation)),
  /** IDs of the jobs that prevent the operation, at most 1,000. */
  jobIds: z.optional(z.array(z.string())),
  /** IDs of the data objects that prevent the operation, at most 1,000. */
  dataIds: z.optional(z.array(z.string())),
  /** Numbers of the parts that are missing in an upload, at most 100. */
  missingParts: z.optional(z.array(z.int())),
  /** Of a deleted job or data object: the time of its deletion, and who deleted it (`by`). */
  deletedAt: z.optional(z.string()),
  by: z.optional(z.string()),
  code: z.optional(z.string()),
  /** Of a job that ended as `service-failed`: the error type that the service reported. */
  serviceErrorType: z.optional(z.string()),
  jobStatus: z.optional(z.string()),
  requestId: z.optional(z.string()),
});

export type Problem = z.infer<typeof problem>;
