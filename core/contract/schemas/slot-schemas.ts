import * as z from 'zod/mini';
import { wellFormed } from '../well-formed.ts';
import { contentUrl } from './data-schemas.ts';

const maxSlots = 20;

/** The name of a slot: 1 to 63 letters, digits, hyphens and underscores; starts with a letter. */
export const slotName = z
  .string()
  .check(
    z.regex(
      /^[a-zA-Z][a-zA-Z0-9_-]{0,62}$/,
      'must be 1 to 63 letters, digits, hyphens and underscores, and start with a letter',
    ),
  );

// A media type without parameters, in which an asterisk stands for any type or subtype.
const mediaRange = z
  .string()
  .check(
    z.maxLength(128),
    z.regex(
      /^(?:\*\/\*|[a-zA-Z0-9!#$&^_.+-]+\/(?:\*|[a-zA-Z0-9!#$&^_.+-]+))$/,
      'must be a media type without parameters, such as text/csv or image/*',
    ),
  );

/** A named position of a service for data objects that its jobs read or write. */
export const slotDefinition = z.strictObject({
  title: z.optional(z.string().check(z.maxLength(256), wellFormed)),
  description: z.optional(z.string().check(z.maxLength(4096), wellFormed)),
  /** The media types that the slot accepts; default: all. */
  mediaTypes: z.optional(z.array(mediaRange).check(z.minLength(1), z.maxLength(20))),
  /** Default: true. */
  required: z.optional(z.boolean()),
  /** Whether the slot can contain more than one data object; default: false. */
  collection: z.optional(z.boolean()),
});

export type SlotDefinition = z.infer<typeof slotDefinition>;

/** The slots of a service by their names, at most 20. */
export const slotDefinitions = z
  .record(slotName, slotDefinition)
  .check(z.refine((slots) => Object.keys(slots).length <= maxSlots, `must have at most ${maxSlots} slots`))
  .register(z.globalRegistry, { maxProperties: maxSlots });

export type SlotDefinitions = z.infer<typeof slotDefinitions>;

/** A data object in an input slot, with the values that it had when it was attached to the job. */
export const shownInput = z.strictObject({
  id: z.string(),
  /** Absent, like the other members, in a draft that names a data object that does not exist. */
  name: z.optional(z.string()),
  mediaType: z.optional(z.string()),
  /** Absent in a draft while the size of the content is not known. */
  sizeBytes: z.optional(z.int()),
});

/** A data object in an output slot. */
export const shownOutput = z.strictObject({
  id: z.string(),
  name: z.string(),
  mediaType: z.string(),
  sizeBytes: z.optional(z.int()),
  /** True once the content is available and the job has succeeded with it. */
  complete: z.boolean(),
});

export type ShownOutput = z.infer<typeof shownOutput>;

/** The outputs of a job by the names of their slots. */
export const shownOutputs = z.record(z.string(), z.array(shownOutput));

export type ShownOutputs = z.infer<typeof shownOutputs>;

/** The outputs of a job, or those in one slot. */
export const outputList = z.strictObject({
  items: z.array(z.strictObject({ slot: z.string(), ...shownOutput.shape })),
});

/** The outputs in a slot, or where the content of its only one can be downloaded. */
export const outputContent = z.union([outputList, contentUrl]);
