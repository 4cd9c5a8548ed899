import { isEmail, isHostname, isIPv4, isIPv6 } from './internet-names.ts';
import { isJsonPointer, isRelativeJsonPointer } from './json-pointers.ts';
import { isDate, isDateTime, isDuration, isTime } from './times.ts';
import { isUriTemplate } from './uri-template.ts';
import { isUri, isUriReference } from './uris.ts';

const uuidPattern = /^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$/;

/** The parser of regular expressions needs about 50 bytes per character. */
const maxRegexLength = 65_536;

/**
 * The values of `format` that are asserted, each with its test, which takes linear time
 * (https://json-schema.org/draft/2020-12/json-schema-validation#section-7.3). Any other format is an
 * annotation.
 */
export const assertedFormats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date-time', isDateTime],
  ['date', isDate],
  ['time', isTime],
  ['duration', isDuration],
  ['email', isEmail],
  ['hostname', isHostname],
  ['ipv4', isIPv4],
  ['ipv6', isIPv6],
  ['uri', isUri],
  ['uri-reference', isUriReference],
  ['uri-template', isUriTemplate],
  ['uuid', (text) => uuidPattern.test(text)],
  ['json-pointer', isJsonPointer],
  ['relative-json-pointer', isRelativeJsonPointer],
  ['regex', isRegex],
]);

/**
 * Whether a text is an ECMA-262 regular expression with the flag `u`, as in `pattern`:
 * https://tc39.es/ecma262/#sec-patterns
 */
function isRegex(text: string): boolean {
  if (text.length > maxRegexLength) return false;
  try {
    return new RegExp(text, 'u') !== undefined;
  } catch {
    return false;
  }
}
