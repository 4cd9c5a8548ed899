import * as z from 'zod/mini';
import { dataReference, dataReferencePattern } from '../names.ts';

/** Maximum number of data objects in all input slots of a job. */
export const maxInputs = 100;

/** IDs or URNs of data objects for one input slot, in the order in which the service receives them. */
export const slotInputs = z.array(dataReference).check(z.maxLength(maxInputs));

/** The name of a slot in a request; the core checks it against the slots of the service. */
export const submittedSlotName = z.string().check(z.minLength(1), z.maxLength(63));

export type SubmittedInputs = Readonly<Record<string, readonly string[]>>;

/**
 * The inputs of a submission by the names of the service's slots. A check of each member instead of a record, whose code in Zod is
 * large and would be loaded for every job.
 */
export const jobInputs = z
  .custom<SubmittedInputs>(isObject, 'must be an object')
  .check(({ value, issues }) => {
    if (!isObject(value)) return;
    for (const [slot, references] of Object.entries(value)) {
      const found = [submittedSlotName.safeParse(slot), slotInputs.safeParse(references)];
      for (const { error } of found)
        for (const issue of error?.issues ?? [])
          issues.push({ ...issue, path: [slot, ...issue.path] } as (typeof issues)[number]); // an issue of Zod, one level lower
    }
  })
  .register(z.globalRegistry, {
    type: 'object',
    propertyNames: { type: 'string', minLength: 1, maxLength: 63 },
    additionalProperties: {
      type: 'array',
      items: { type: 'string', pattern: `^${dataReferencePattern}$` },
      maxItems: maxInputs,
    },
  });

function isObject(value: unknown): value is SubmittedInputs {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
