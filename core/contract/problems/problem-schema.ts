import * as z from 'zod/mini';
import { jobAction } from '../job-actions.ts';

/** One thing that is wrong with an input; the pointer starts at the root of the body (RFC 6901). */
export const fault = z.strictObject({ pointer: z.string(), detail: z.string(), keyword: z.string() });
export type Fault = z.infer<typeof fault>;

/** RFC 9457, with the extension members that some problems have. */
export const problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.optional(z.string()),
  errors: z.optional(z.array(fault)),
  suggestions: z.optional(z.array(z.string())),
  versions: z.optional(z.array(z.string())),
  /** What can be done with the job instead. */
  actions: z.optional(z.array(jobAction)),
  /** What a draft lacks. */
  missing: z.optional(z.array(fault)),
  /** The jobs that stand in the way, at most 100. */
  jobIds: z.optional(z.array(z.string())),
  /** When a job was deleted, and by whom. */
  deletedAt: z.optional(z.string()),
  by: z.optional(z.string()),
  code: z.optional(z.string()),
  /** Of a job that ended as `service-failed`: the error's own type, as the service reported it. */
  serviceErrorType: z.optional(z.string()),
  jobStatus: z.optional(z.string()),
  requestId: z.optional(z.string()),
});

export type Problem = z.infer<typeof problem>;
