/**
 * Headers that API Gateway does not pass on from a function under their own name.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'user-agent',
  'via',
  'www-authenticate',
]);
const DROPPED = new Set(['expect', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** A function's headers as they leave API Gateway: some renamed to `x-amzn-Remapped-…`, some dropped. */
export function remapHeaders(
  headers: ReadonlyArray<readonly [string, string]>,
): ReadonlyArray<readonly [string, string]> {
  return headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (DROPPED.has(lower)) return [];
    return [[REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name, value] as const];
  });
}

/** Adds the content type that API Gateway gives an answer without one. */
export function withContentType(
  headers: ReadonlyArray<readonly [string, string]>,
): ReadonlyArray<readonly [string, string]> {
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return hasType ? headers : [...headers, ['Content-Type', 'application/json']];
}
