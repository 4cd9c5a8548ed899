import { ProblemError } from '../problems/problem-error.ts';

const maxLength = 255;

/** A string as in RFC 8941, 3.3.3: printable ASCII in which only `"` and `\` are escaped, each by `\`. */
const quotedKey = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** Pattern of the header value without surrounding white space, for the OpenAPI document: quoted or bare. */
export const idempotencyKeyPattern = String.raw`^(?:[!#-+\--~](?:[ !#-+\--~]{0,${maxLength - 2}}[!#-+\--~])?|"(?:[ !#-\[\]-~]|\\["\\]){1,${maxLength}}")$`;

/** Excludes commas, because a header that is sent twice arrives as one value with a comma (RFC 9110, 5.3). */
const bareKey = /^[\x20\x21\x23-\x2b\x2d-\x7e]*$/;

/**
 * Parses an `Idempotency-Key` header: 1 to 255 printable ASCII characters, bare or quoted as in
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header. Returns undefined without the
 * header; throws `invalid-request` when the header is malformed.
 */
export function parseIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = unquoteKey(header.trim());
  if (key !== undefined && key.length >= 1 && key.length <= maxLength) return key;
  const detail =
    `The header Idempotency-Key must be sent once, with 1 to ${maxLength} printable ASCII characters: ` +
    'as a quoted string, or unquoted when the key contains neither a double quote nor a comma';
  throw new ProblemError('invalid-request', detail, {
    errors: [{ pointer: '', detail, keyword: 'idempotencyKey' }],
  });
}

function unquoteKey(text: string): string | undefined {
  if (bareKey.test(text)) return text;
  return quotedKey.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1');
}
