import { type Route, routes } from './routes.ts';

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: (typeof routes)[number];
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

/**
 * Finds the route of a request; a literal segment goes before a parameter. Segments are percent-decoded; a parameter is
 * never empty, a slash in it is encoded.
 */
export function matchRoute(method: string, path: string): RouteMatch {
  const segments = path.split('/').map(decode);
  const onPath = routes.flatMap((route) => {
    const params = matchPath(route, segments);
    return params === undefined ? [] : [{ route, params }];
  });
  const nearest = withFewestParameters(onPath);
  const match = nearest.find(({ route }) => route.method === method);
  if (match !== undefined) return { kind: 'route', ...match };
  if (nearest.length === 0) return { kind: 'unknown' };
  return { kind: 'wrong-method', allowed: nearest.map(({ route }) => route.method) };
}

/**
 * Of two paths that match the more literal one counts, whatever the method, as OpenAPI has it
 * (https://spec.openapis.org/oas/v3.1.1.html#paths-object): API Gateway chooses its resource before the method too.
 */
function withFewestParameters<Match extends { readonly params: object }>(matches: readonly Match[]) {
  const countOf = ({ params }: Match) => Object.keys(params).length;
  const fewest = Math.min(...matches.map(countOf));
  return matches.filter((match) => countOf(match) === fewest);
}

function matchPath(
  route: Route,
  segments: readonly (string | undefined)[],
): Record<string, string> | undefined {
  const pattern = route.path.split('/');
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const isParameter = part.startsWith('{');
    if (isParameter ? segment === '' : part !== segment) return undefined;
    if (isParameter) params[part.slice(1, -1)] = segment;
  }
  return params;
}

/** Undefined when the encoding is broken: such a path leads nowhere. */
function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
