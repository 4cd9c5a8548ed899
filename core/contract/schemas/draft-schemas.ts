import * as z from 'zod/mini';
import { jsonObject, jsonValue } from '../json.ts';
import { retryPolicy, timeLimits } from '../policy.ts';
import { tags } from '../tags.ts';
import { slotInputs, submittedSlotName } from './input-schemas.ts';
import { jobName, priority, selectorName, selectorVersion, serviceText } from './submission-schemas.ts';

const { maxAttempts, backoffSeconds, backoffRate, retryOn } = retryPolicy.shape;
const { attemptTimeoutSeconds, queueTimeoutSeconds, timeoutSeconds } = timeLimits;

/** A member that null removes. */
function removable<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.optional(z.nullable(schema));
}

const editedService = z.union([
  serviceText,
  z.strictObject({ name: z.optional(selectorName), version: removable(selectorVersion) }),
]);

/**
 * A merge patch of a job (RFC 7396). Null resets a member to the default of a submission without it.
 * `metadata`, `parameters`, `inputs`, `retry`, and `service` as an object, are merged member by member; the list of an input slot is
 * replaced as a whole.
 */
export const jobEdit = z.strictObject({
  name: removable(jobName),
  tags: removable(tags),
  /** At most 4,096 bytes after the edit. */
  metadata: removable(jsonObject),
  service: removable(editedService),
  /** At most 1,048,576 bytes after the edit. */
  parameters: z.optional(jsonValue),
  /** At most 100 data objects in all slots after the edit. */
  inputs: removable(z.record(submittedSlotName, z.nullable(slotInputs))),
  retry: removable(
    z.strictObject({
      maxAttempts: removable(maxAttempts),
      backoffSeconds: removable(backoffSeconds),
      backoffRate: removable(backoffRate),
      retryOn: removable(retryOn),
    }),
  ),
  attemptTimeoutSeconds: removable(attemptTimeoutSeconds),
  queueTimeoutSeconds: removable(queueTimeoutSeconds),
  timeoutSeconds: removable(timeoutSeconds),
  priority: removable(priority),
});

export type JobEdit = z.infer<typeof jobEdit>;

/** The data objects of one input slot; they replace those that the slot contains. */
export const slotContent = z.strictObject({ data: slotInputs });

/** The body of a start, which has no members. */
export const startRequest = z.strictObject({});
