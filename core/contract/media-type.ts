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

/**
 * Whether one of the media ranges, such as `text/csv` or `image/*`, contains a media type; its parameters and the case of letters
 * do not matter.
 */
export function isInMediaRanges(type: string, ranges: readonly string[]): boolean {
  const essence = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const [anyOfType = ''] = essence.split('/', 1);
  return ranges
    .map((range) => range.toLowerCase())
    .some((range) => range === '*/*' || range === essence || range === `${anyOfType}/*`);
}
