import * as z from 'zod/mini';
import { maxUtf8Bytes } from '../byte-length.ts';
import { jsonObject, jsonValue } from '../json.ts';
import { jobReference, serviceNamePattern } from '../names.ts';
import { retryPolicy, timeLimits } from '../policy.ts';
import { groupName, tags } from '../tags.ts';
import { wellFormed } from '../well-formed.ts';
import { jobInputs } from './input-schemas.ts';

/**
 * A sort key of the table, at most 1,024 bytes, consists of a name, a job ID and separators: see decision 26.
 */
const maxNameBytes = 985;

/** The name of a job, or a prefix of it: 1 to 256 characters, at most 985 bytes in UTF-8. */
export const jobName = z
  .string()
  .check(z.minLength(1), z.maxLength(256), wellFormed, maxUtf8Bytes(maxNameBytes))
  .register(z.globalRegistry, { description: `At most ${maxNameBytes} bytes in UTF-8` });

/** Parts of a submission that an edit has too. The core parses them; the pattern is only for the OpenAPI document. */
export const serviceText = z.string().check(z.minLength(1), z.maxLength(2048)).register(z.globalRegistry, {
  description: 'name, name@range, or the URN or URL of a service or version',
});
export const selectorName = z
  .string()
  .check(z.minLength(1), z.maxLength(63))
  .register(z.globalRegistry, { pattern: serviceNamePattern });
export const selectorVersion = z.string().check(z.minLength(1), z.maxLength(64)).register(z.globalRegistry, {
  description: 'A semantic version or a version range',
});

const dependencies = z.array(jobReference).check(z.maxLength(50));

/**
 * 0 to 3600: of the jobs of a tenant that wait for capacity, the one with the highest priority starts first.
 */
export const priority = z.int().check(z.minimum(0), z.maximum(3600));

/** Maximum age of a result that a submission reuses, in seconds: 365 days. */
export const maxReuseAgeSeconds = 31_536_000;

/** A submission without the members that a rerun does not have. */
const rerunShape = {
  service: z.optional(
    z.union([serviceText, z.strictObject({ name: selectorName, version: z.optional(selectorVersion) })]),
  ),
  name: z.optional(jobName),
  tags: z.optional(tags),
  /** The group whose counts include the job. */
  group: z.optional(groupName),
  parameters: z.optional(jsonValue),
  /** IDs or URNs of data objects by the names of the service's input slots, at most 100 in all slots. */
  inputs: z.optional(jobInputs),
  retry: z.optional(retryPolicy),
  ...timeLimits,
  /** Arbitrary JSON for the caller's use, at most 4,096 bytes. */
  metadata: z.optional(jsonObject),
  priority: z.optional(priority),
  /** ID or URN of the parent job, which must not have ended. */
  parentId: z.optional(jobReference),
  /** IDs or URNs of the jobs that must succeed before this job can run. */
  dependsOn: z.optional(dependencies.check(z.minLength(1))),
  /** False creates a draft, which may lack a service and have invalid parameters until it is started. */
  start: z.optional(z.boolean()),
};

const submissionShape = {
  ...rerunShape,
  /**
   * The job ends immediately with the result of an earlier job of the same service version, parameters and contents of inputs, if one
   * succeeded at most this long ago; otherwise it runs.
   */
  reuse: z.optional(
    z.strictObject({ maxAgeSeconds: z.int().check(z.minimum(1), z.maximum(maxReuseAgeSeconds)) }),
  ),
};

/**
 * A request for a job. The core validates the parameters against the service's schema, and checks that only a draft lacks a service.
 */
export const submission = z.strictObject(submissionShape);

export type Submission = z.infer<typeof submission>;

const maxBulkJobs = 100;

/** A request for several jobs, as documented in the OpenAPI document. */
export const bulkSubmission = bulkSubmissionOf(submission);

/**
 * `bulkSubmission` with unparsed items: they are parsed one by one, so that an invalid item does not affect
 * the others.
 */
export const unparsedBulkSubmission = bulkSubmissionOf(z.unknown());

function bulkSubmissionOf<Item extends z.ZodMiniType>(item: Item) {
  return z.strictObject({
    jobs: z.array(item).check(z.minLength(1), z.maxLength(maxBulkJobs)),
    /** The group of the jobs that name none. */
    group: z.optional(groupName),
  });
}

/** The changes of a rerun. `parameters` and `inputs` are replaced as a whole, `retry` member by member. */
export const rerunRequest = z.strictObject({
  ...rerunShape,
  /** An empty list removes all dependencies. */
  dependsOn: z.optional(dependencies),
});

export type RerunRequest = z.infer<typeof rerunRequest>;
