import * as z from 'zod/mini';

/** Type and subtype with parameters, such as `text/csv; charset=utf-8` (RFC 9110, 8.3.1). */
export const mediaType = z
  .string()
  .check(
    z.maxLength(128),
    z.regex(
      /^[a-zA-Z0-9!#$&^_.+-]+\/[a-zA-Z0-9!#$&^_.+-]+(?: *; *[a-zA-Z0-9!#$&^_.+-]+=(?:[a-zA-Z0-9!#$&^_.+-]+|"[a-zA-Z0-9 !#$&^_.+:;/=-]*"))*$/,
      'must be a media type such as text/csv',
    ),
  );
