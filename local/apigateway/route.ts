import type { ApiDefinition, ApiMethod, ApiResource } from './api-definition.ts';

/** The method that serves a request, and the parameters from its path. */
export interface Route {
  readonly resource: ApiResource;
  readonly method: ApiMethod;
  /** Decoded path parameters; null, as in proxy events, if the path has none. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

interface Match {
  readonly resource: ApiResource;
  /**
   * One character per segment: `0` literal, `1` parameter, `2` greedy. The lexicographically smallest rank is
   * the most specific.
   */
  readonly rank: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the most specific resource for a path as received, without the query. Segment by segment, a literal
 * precedes `{name}`, which precedes `{name+}`. On that resource, a named method precedes `ANY`; if it lacks
 * the method, no less specific resource is used instead. A trailing slash is ignored. Returns undefined if no
 * resource or method matches.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
 */
export function findRoute(api: ApiDefinition, httpMethod: string, path: string): Route | undefined {
  const segments = segmentsOf(path);
  const matches = api.resources.flatMap((resource) => matchResource(resource, segments) ?? []);
  const [best] = matches.sort((left, right) => (left.rank < right.rank ? -1 : 1));
  const method = best?.resource.methods.get(httpMethod) ?? best?.resource.methods.get('ANY');
  if (best === undefined || method === undefined) return undefined;
  const hasParameters = Object.keys(best.parameters).length > 0;
  return { resource: best.resource, method, pathParameters: hasParameters ? best.parameters : null };
}

function matchResource(resource: ApiResource, segments: readonly string[]): Match | undefined {
  const patterns = segmentsOf(resource.path);
  const parameters: Record<string, string> = {};
  let rank = '';
  for (const [index, pattern] of patterns.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(pattern)?.[1];
    const rest = segments.slice(index);
    if (greedy !== undefined) {
      if (rest.length === 0) return undefined;
      parameters[greedy] = rest.map(decode).join('/');
      return { resource, rank: `${rank}2`, parameters };
    }
    const [segment] = rest;
    const name = /^\{(.+)\}$/.exec(pattern)?.[1];
    if (segment === undefined || (name === undefined && decode(segment) !== pattern)) return undefined;
    if (name !== undefined) parameters[name] = decode(segment);
    rank += name === undefined ? '0' : '1';
  }
  return patterns.length === segments.length ? { resource, rank, parameters } : undefined;
}

function segmentsOf(path: string): readonly string[] {
  const inner = path.replace(/^\//, '').replace(/\/$/, '');
  return inner === '' ? [] : inner.split('/');
}

/** A percent sign that does not start a valid encoding is kept as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
