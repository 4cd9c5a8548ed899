import type * as z from 'zod/mini';
import type { JsonObject } from '../json.ts';
import type { ProblemSlug } from '../problems/problem-types.ts';

type Schema = z.core.$ZodType;

/** A response of a route, as documented in the OpenAPI document. */
export interface RouteResponse {
  readonly description: string;
  /** Absent when the response has no body. */
  readonly schema?: Schema;
  /** Default: `application/json`. */
  readonly mediaType?: string;
  /** Another form of the body, which is returned if `Accept` prefers its media type. */
  readonly alternative?: { readonly mediaType: string; readonly schema: Schema };
  /** Names of headers that this response may have, each described in the OpenAPI document. */
  readonly headers?: readonly HeaderName[];
}

export type HeaderName =
  | 'Deprecation'
  | 'ETag'
  | 'Idempotency-Replayed'
  | 'Link'
  | 'Location'
  | 'Preference-Applied'
  | 'Retry-After';

/** A permission that a route requires; an API key has one or more. */
export type Scope =
  | 'data:read'
  | 'data:write'
  | 'jobs:read'
  | 'jobs:write'
  | 'services:read'
  | 'services:write'
  | 'webhooks:read'
  | 'webhooks:write';
export const scopes = [
  'data:read',
  'data:write',
  'jobs:read',
  'jobs:write',
  'services:read',
  'services:write',
  'webhooks:read',
  'webhooks:write',
] as const satisfies Scope[];

/**
 * One operation of the API. The router, the API Gateway resources, the OpenAPI document and tests are derived
 * from it.
 */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{name}` matches one segment. */
  readonly path: string;
  readonly summary: string;
  /**
   * The function that serves the route. `submit` and `live` stream their responses and support long waits;
   * `api` does not.
   */
  readonly servedBy: 'submit' | 'live' | 'api';
  /** Absent when the route requires no API key. */
  readonly scope?: Scope;
  /** A second scope that the API key must have, if the route shows resources of two kinds. */
  readonly furtherScope?: Scope;
  /** True when the route requires a worker token instead of an API key. */
  readonly requiresWorkerToken?: true;
  readonly query: z.core.$ZodObject;
  /**
   * Query parameters whose names are not fixed, by the name of their group: the JSON Schema of an object whose
   * members are the parameters.
   */
  readonly queryGroups?: Readonly<Record<string, JsonObject>>;
  readonly body?: Schema;
  /** True when a request without a body is treated as `{}`. */
  readonly bodyOptional?: boolean;
  /** True when the route can wait for the job: `Prefer: wait=N` and `Timeout: N` are supported. */
  readonly supportsLongPoll?: boolean;
  /** True when the response may be a stream of server-sent events; `Last-Event-ID` is supported then. */
  readonly supportsStream?: boolean;
  /** True for a write that supports `If-Match` and `If-None-Match`; every `GET` supports them. */
  readonly conditional?: boolean;
  /** True when the body is a merge patch (RFC 7396); its own media type is accepted too. */
  readonly mergePatch?: boolean;
  /** True when `Idempotency-Key` is supported, so that the request can be retried safely. */
  readonly supportsIdempotencyKey?: boolean;
  readonly responses: Readonly<Record<number, RouteResponse>>;
  readonly problems: readonly ProblemSlug[];
}

/**
 * Whether a route evaluates `If-Match` and `If-None-Match`, and so may respond with `precondition-failed`.
 */
export function isConditional({ method, conditional }: Pick<Route, 'method' | 'conditional'>): boolean {
  return method === 'GET' || conditional === true;
}

/** All problems that a route may respond with. */
export function problemsOf(route: Route): readonly ProblemSlug[] {
  return isConditional(route) ? [...route.problems, 'precondition-failed'] : route.problems;
}

/** Problems of every route that requires an API key. */
export const keyProblems = [
  'unauthenticated',
  'forbidden',
  'rate-limited',
  'internal',
  'unavailable',
] as const;

/** Problems of every route that requires a worker token. */
export const workerProblems = [
  'unauthenticated',
  'stale-attempt',
  'rate-limited',
  'internal',
  'unavailable',
] as const;

/** Problems of every route with a request body. */
export const bodyProblems = [
  'invalid-json',
  'invalid-request',
  'body-too-large',
  'unsupported-media-type',
] as const;
