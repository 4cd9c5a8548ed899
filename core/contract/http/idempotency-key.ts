import { ProblemError } from '../problems/problem-error.ts';

const maxLength = 255;

/** A string of RFC 8941, 3.3.3: printable ASCII in which only `"` and `\` are escaped, each by `\`. */
const quotedKey = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** The header without white space around it, in both forms below, for the OpenAPI document. */
export const idempotencyKeyForm = String.raw`^(?:[!#-+\--~](?:[ !#-+\--~]{0,${maxLength - 2}}[!#-+\--~])?|"(?:[ !#-\[\]-~]|\\["\\]){1,${maxLength}}")$`;

/** Without commas, since a header that is sent twice arrives as one with a comma (RFC 9110, 5.3). */
const bareKey = /^[\x20\x21\x23-\x2b\x2d-\x7e]*$/;

/**
 * The key in an `Idempotency-Key` header: 1 to 255 printable ASCII characters, quoted as
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header asks, or bare. Undefined when there is no
 * such header; throws `invalid-request` when there is one that cannot be read.
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = unquote(header.trim());
  if (key !== undefined && key.length >= 1 && key.length <= maxLength) return key;
  const detail =
    `The header Idempotency-Key must be given once and hold 1 to ${maxLength} printable ASCII characters, ` +
    'as a quoted string, or bare when it has no quote and no comma';
  throw new ProblemError('invalid-request', detail, {
    errors: [{ pointer: '', detail, keyword: 'idempotencyKey' }],
  });
}

function unquote(text: string): string | undefined {
  if (bareKey.test(text)) return text;
  return quotedKey.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1');
}
