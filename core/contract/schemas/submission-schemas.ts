import * as z from 'zod/mini';
import { maxUtf8Bytes } from '../byte-length.ts';
import { jsonObject, jsonValue } from '../json.ts';
import { jobReference, serviceNameForm, serviceTextForm, versionRangeForm } from '../names.ts';
import { retryPolicy, timeLimits } from '../policy.ts';
import { tags } from '../tags.ts';
import { wellFormed } from '../well-formed.ts';

/** With an id and what separates them, a name is a sort key of the table, which has 1,024 bytes: see decision 26. */
const maxNameBytes = 985;

/** A job's name, or the beginning of one: 1 to 256 characters, at most 985 bytes in UTF-8. */
export const jobName = z
  .string()
  .check(z.minLength(1), z.maxLength(256), wellFormed, maxUtf8Bytes(maxNameBytes))
  .register(z.globalRegistry, { description: `At most ${maxNameBytes} bytes in UTF-8` });

/** The parts of a submission that an edit takes too. The core reads them: the patterns are for the OpenAPI document. */
export const serviceText = z.string().check(z.minLength(1), z.maxLength(2048)).register(z.globalRegistry, {
  pattern: serviceTextForm,
  description: 'name, name@range, the URN of a service or version, or its address',
});
export const selectorName = z
  .string()
  .check(z.minLength(1), z.maxLength(63))
  .register(z.globalRegistry, { pattern: serviceNameForm });
export const selectorVersion = z
  .string()
  .check(z.minLength(1), z.maxLength(64))
  .register(z.globalRegistry, { pattern: versionRangeForm, description: 'A semantic version, or a range' });

const neededJobs = z.array(jobReference).check(z.maxLength(50));

/** Seconds of head start. */
export const priority = z.int().check(z.minimum(0), z.maximum(3600));

const submissionShape = {
  service: z.optional(
    z.union([serviceText, z.strictObject({ name: selectorName, version: z.optional(selectorVersion) })]),
  ),
  name: z.optional(jobName),
  tags: z.optional(tags),
  parameters: z.optional(jsonValue),
  retry: z.optional(retryPolicy),
  ...timeLimits,
  /** Free JSON for the caller's own use: at most 4,096 bytes. */
  metadata: z.optional(jsonObject),
  priority: z.optional(priority),
  /** The job that this one is a part of, by its id or URN: it must not have ended. */
  parentId: z.optional(jobReference),
  /** Jobs that must have succeeded before this one may run, by their ids or URNs. */
  dependsOn: z.optional(neededJobs.check(z.minLength(1))),
  /** False makes a draft, which may lack a service and have faulty parameters until it is started. */
  start: z.optional(z.boolean()),
};

/** A request for a job. The parameters are checked against the service's own schema. */
export const submission = z.strictObject(submissionShape).register(z.globalRegistry, {
  // The document's words for what the core checks: only a draft may lack a service.
  anyOf: [{ required: ['service'] }, { required: ['start'], properties: { start: { const: false } } }],
});

export type Submission = z.infer<typeof submission>;

const maxBatchJobs = 100;

/** A request for several jobs at once, as the document shows it. */
export const submissionBatch = batchOf(submission);

/** The same with items that are still to be read one by one: a fault in one is no fault of the others. */
export const unreadBatch = batchOf(z.unknown());

function batchOf<Item extends z.ZodMiniType>(item: Item) {
  return z.strictObject({ jobs: z.array(item).check(z.minLength(1), z.maxLength(maxBatchJobs)) });
}

/** What a rerun changes of a submission; parameters are replaced whole, the members of `retry` one by one. */
export const rerunRequest = z.strictObject({
  ...submissionShape,
  /** An empty list lets a job that still needs others run without them. */
  dependsOn: z.optional(neededJobs),
});

export type RerunRequest = z.infer<typeof rerunRequest>;
