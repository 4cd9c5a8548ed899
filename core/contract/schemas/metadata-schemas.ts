import * as z from 'zod/mini';
import type { JsonObject } from '../json.ts';
import {
  indexedNameRegExp,
  maxIndexedMembers,
  metadataBoundPattern,
  metadataValuePattern,
} from '../metadata-names.ts';

/** The members of the metadata by which jobs of a service are found, at most 5. */
export const indexedMetadata = z
  .array(
    z
      .string()
      .check(
        z.regex(
          indexedNameRegExp,
          'must be 1 to 63 letters, digits, hyphens and underscores, and start with a letter',
        ),
      ),
  )
  .check(z.maxLength(maxIndexedMembers));

/** Source of a regular expression for common numbers; every other number in JSON is accepted too. */
const boundPattern = '^-?(?:0|[1-9][0-9]{0,14})(?:[.][0-9]{1,15})?$';

/** JSON Schema of the query parameters that filter by indexed members, as one object. */
export const metadataFilters: JsonObject = {
  type: 'object',
  patternProperties: {
    [metadataValuePattern]: { type: 'string' },
    [metadataBoundPattern]: { type: 'string', pattern: boundPattern },
  },
  additionalProperties: false,
};
