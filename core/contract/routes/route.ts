import type * as z from 'zod/mini';
import type { ProblemSlug } from '../problems/problem-types.ts';

type Schema = z.core.$ZodType;

export interface RouteAnswer {
  readonly description: string;
  /** Absent when the answer has no body. */
  readonly schema?: Schema;
  readonly mediaType?: string;
  /** Names of headers that this answer may carry, each described in the OpenAPI document. */
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

/** What a key must allow for a route; a key may hold several. */
export type Scope = 'jobs:read' | 'jobs:write' | 'services:read' | 'services:write';
export const scopes = [
  'jobs:read',
  'jobs:write',
  'services:read',
  'services:write',
] as const satisfies Scope[];

/** One operation of the API. The router, the API's resources, the OpenAPI document and the tests are made from it. */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{name}` stands for one segment. */
  readonly path: string;
  readonly summary: string;
  /** The function that serves it: `submit` and `live` answer as a stream and may hold the call, `api` answers whole. */
  readonly servedBy: 'submit' | 'live' | 'api';
  /** Absent: no key is asked for. */
  readonly scope?: Scope;
  /** True when the token of an attempt is asked for, in the place of a key. */
  readonly worker?: true;
  readonly query: z.core.$ZodObject;
  readonly body?: Schema;
  /** True when a request without a body counts as `{}`. */
  readonly bodyOptional?: boolean;
  /** True when `Prefer: wait=N` and `Timeout: N` are heard. */
  readonly waits?: boolean;
  /** True when the answer may be server-sent events, for as long as something may follow; `Last-Event-ID` is heard then. */
  readonly follows?: boolean;
  /** True for a write of one thing that reads `If-Match` and `If-None-Match`; every `GET` reads them. */
  readonly guarded?: boolean;
  /** True when the body is a merge patch (RFC 7396), which may be sent under its own media type. */
  readonly mergePatch?: boolean;
  /** True when `Idempotency-Key` is heard, so that the request may be sent again. */
  readonly repeatable?: boolean;
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  readonly problems: readonly ProblemSlug[];
}

/** Whether a route evaluates `If-Match` and `If-None-Match`, so that it may answer `precondition-failed`. */
export function isConditional({ method, guarded }: Pick<Route, 'method' | 'guarded'>): boolean {
  return method === 'GET' || guarded === true;
}

/** Every problem that a route may answer. */
export function problemsOf(route: Route): readonly ProblemSlug[] {
  return isConditional(route) ? [...route.problems, 'precondition-failed'] : route.problems;
}

/** What every route with a key may answer. */
export const keyProblems = [
  'unauthenticated',
  'forbidden',
  'rate-limited',
  'internal',
  'unavailable',
] as const;

/** What every route with a body may answer. */
export const bodyProblems = [
  'invalid-json',
  'invalid-request',
  'body-too-large',
  'unsupported-media-type',
] as const;
