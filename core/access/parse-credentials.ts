/** Headers by name, in upper or lower case; in a proxy event an absent header may be undefined. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** An API key: 16 to 256 printable ASCII characters without spaces. */
export const keyPattern = /^[\x21-\x7e]{16,256}$/;

/**
 * The API key of a request, from the first of these headers that is present: `Authorization: Bearer <key>`,
 * `x-api-key`, `Api-Key`. Undefined when that header is malformed, even if a later one is valid.
 */
export function parseCredentials(headers: RequestHeaders): string | undefined {
  const authorization = headerOf(headers, 'authorization');
  const key =
    authorization === undefined
      ? (headerOf(headers, 'x-api-key') ?? headerOf(headers, 'api-key'))?.trim()
      : /^Bearer +(\S+) *$/i.exec(authorization.trim())?.[1];
  return key !== undefined && keyPattern.test(key) ? key : undefined;
}

function headerOf(headers: RequestHeaders, headerName: string): string | undefined {
  return Object.entries(headers).find(
    ([name, value]) => value !== undefined && name.toLowerCase() === headerName,
  )?.[1];
}
