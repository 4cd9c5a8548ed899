import type { ApiDefinition, ApiMethod, ApiResource } from './api-definition.ts';

/** The method that serves a request, and what its path said. */
export interface Route {
  readonly resource: ApiResource;
  readonly method: ApiMethod;
  /** Decoded; null, as in events, where the path has no parameters. */
  readonly pathParameters: Readonly<Record<string, string>> | null;
}

interface Match {
  readonly resource: ApiResource;
  /** One character a segment, `0` literal, `1` parameter, `2` greedy: the smallest text is the most specific. */
  readonly rank: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Finds the most specific resource for a path as received, query excluded: a literal before `{name}` before
 * `{name+}`, decided segment by segment, and its method, a named one before `ANY`. A resource without the method
 * is not passed over for a less specific one. A slash at the end does not count. Undefined where nothing serves.
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

/** A percent sign that encodes nothing stays as it is. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
