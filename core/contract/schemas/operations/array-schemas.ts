import * as z from 'zod/mini';
import { jsonValue } from '../../json.ts';
import { dataReference } from '../../names.ts';
import { groupName } from '../../tags.ts';
import { jobInputs } from '../input-schemas.ts';
import { jobName, submission } from '../submission-schemas.ts';

/** Maximum number of elements of an array job; documented in docs/guides/many-jobs.md. */
export const maxElements = 100_000;

/** What differs from the template for one job. */
export const arrayElement = z.strictObject({
  parameters: z.optional(jsonValue),
  inputs: z.optional(jobInputs),
  name: z.optional(jobName),
});

export type ArrayElement = z.infer<typeof arrayElement>;

/** A request for an array job, as documented in the OpenAPI document. */
export const arraySubmission = arraySubmissionOf(arrayElement);

/** `arraySubmission` with unparsed elements: an invalid one is refused when its job would be created. */
export const unparsedArraySubmission = arraySubmissionOf(z.unknown());

function arraySubmissionOf<Element extends z.ZodMiniType>(element: Element) {
  return z.strictObject({
    /** The submission that each element completes; at most 16,384 bytes of JSON. */
    template: submission,
    /** The elements, or a data object that contains them. */
    over: z.union([
      z.array(element).check(z.minLength(1), z.maxLength(maxElements)),
      z.strictObject({ dataId: dataReference }),
    ]),
    /** The group of the jobs, unless the template names one. */
    group: z.optional(groupName),
  });
}
