/** Names of headers in any case; a proxy event has undefined for absent ones. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** What a key may look like: 16 to 256 printable characters of ASCII, no spaces. */
export const keyPattern = /^[\x21-\x7e]{16,256}$/;

/**
 * The key of a request: from `Authorization: Bearer <key>`, else `x-api-key`, else `Api-Key`. The first of these
 * headers that is there counts, also when it is malformed: then there is no key.
 */
export function parseCredentials(headers: RequestHeaders): string | undefined {
  const authorization = headerOf(headers, 'authorization');
  const key =
    authorization === undefined
      ? (headerOf(headers, 'x-api-key') ?? headerOf(headers, 'api-key'))?.trim()
      : /^Bearer +(\S+) *$/i.exec(authorization.trim())?.[1];
  return key !== undefined && keyPattern.test(key) ? key : undefined;
}

function headerOf(headers: RequestHeaders, wanted: string): string | undefined {
  return Object.entries(headers).find(
    ([name, value]) => value !== undefined && name.toLowerCase() === wanted,
  )?.[1];
}
