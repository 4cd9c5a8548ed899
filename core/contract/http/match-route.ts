import { routes } from '../routes/routes.ts';
import { matchPath, segmentsOf } from './match-path.ts';

/** The route of a request; for a known path with another method, the allowed methods. */
export type RouteMatch =
  | {
      readonly kind: 'route';
      readonly route: (typeof routes)[number];
      readonly params: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'wrong-method'; readonly allowed: readonly string[] }
  | { readonly kind: 'unknown' };

/**
 * Finds the route of a request; a literal segment takes precedence over a parameter. Segments are
 * percent-decoded. A parameter is never empty, and a slash in a parameter must be encoded.
 */
export function matchRoute(method: string, path: string): RouteMatch {
  const segments = segmentsOf(path);
  const onPath = routes.flatMap((route) => {
    const params = matchPath(route.path, segments);
    return params === undefined ? [] : [{ route, params }];
  });
  const nearest = withFewestParameters(onPath);
  const match = nearest.find(({ route }) => route.method === method);
  if (match !== undefined) return { kind: 'route', ...match };
  if (nearest.length === 0) return { kind: 'unknown' };
  return { kind: 'wrong-method', allowed: nearest.map(({ route }) => route.method) };
}

/**
 * Keeps the matches with the fewest parameters, whatever the method, as OpenAPI requires
 * (https://spec.openapis.org/oas/v3.1.1.html#paths-object). API Gateway also selects the resource before the
 * method.
 */
function withFewestParameters<Match extends { readonly params: object }>(matches: readonly Match[]) {
  const countOf = ({ params }: Match) => Object.keys(params).length;
  const fewest = Math.min(...matches.map(countOf));
  return matches.filter((match) => countOf(match) === fewest);
}
