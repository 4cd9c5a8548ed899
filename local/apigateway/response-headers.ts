/**
 * Headers of a function that API Gateway renames instead of passing them on.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const remapped = new Set([
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
const dropped = new Set(['expect', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * Returns a function's headers as API Gateway sends them: some renamed to `x-amzn-Remapped-…`, some removed.
 */
export function remapHeaders(
  headers: ReadonlyArray<readonly [string, string]>,
): ReadonlyArray<readonly [string, string]> {
  return headers.flatMap(([name, value]) => {
    const lower = name.toLowerCase();
    if (dropped.has(lower)) return [];
    return [[remapped.has(lower) ? `x-amzn-Remapped-${name}` : name, value] as const];
  });
}

/** Adds the default content type of API Gateway to a response without a content type. */
export function withContentType(
  headers: ReadonlyArray<readonly [string, string]>,
): ReadonlyArray<readonly [string, string]> {
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return hasType ? headers : [...headers, ['Content-Type', 'application/json']];
}
