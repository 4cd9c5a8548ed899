/**
 * The percent-decoded segments of a path. A segment with an invalid encoding is undefined and matches no
 * route.
 */
export function segmentsOf(path: string): readonly (string | undefined)[] {
  return path.split('/').map(decode);
}

/**
 * The values of the variables of a pattern such as `/v1/jobs/{id}`; undefined when the path does not match
 * it.
 */
export function matchPath(
  pattern: string,
  segments: readonly (string | undefined)[],
): Readonly<Record<string, string>> | undefined {
  const parts = pattern.split('/');
  if (parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const isParameter = part.startsWith('{');
    if (isParameter ? segment === '' : part !== segment) return undefined;
    if (isParameter) params[part.slice(1, -1)] = segment;
  }
  return params;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
