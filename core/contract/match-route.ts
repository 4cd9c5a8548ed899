import { type Route, routes } from './routes.ts';

export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: (typeof routes)[number];
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

/** Finds the route of a request. Segments are percent-decoded; a parameter is never empty, a slash in it is encoded. */
export function matchRoute(method: string, path: string): RouteMatch {
  const segments = path.split('/').map(decode);
  const onPath = routes.flatMap((route) => {
    const params = matchPath(route, segments);
    return params === undefined ? [] : [{ route, params }];
  });
  const match = onPath.find(({ route }) => route.method === method);
  if (match !== undefined) return { kind: 'route', ...match };
  if (onPath.length === 0) return { kind: 'unknown' };
  return { kind: 'wrong-method', allowed: onPath.map(({ route }) => route.method) };
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
