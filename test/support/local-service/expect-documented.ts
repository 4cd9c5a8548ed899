import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { problemTypes, problemUri } from '../../../core/contract/problems/problem-types.ts';
import { type HeaderName, problemsOf, type Route } from '../../../core/contract/routes/route.ts';
import { type OperationId, routes } from '../../../core/contract/routes/routes.ts';
import document from '../../../docs/openapi.json' with { type: 'json' };
import { documentedFormats } from '../documented-formats.ts';
import { closedSchemas } from './closed-schemas.ts';
import type { ApiResponse } from './local-errand.ts';

const documentedHeaders = [
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'Retry-After',
] as const satisfies readonly HeaderName[];

/** Problems that the tests of every route check; tests of single operations need not. */
const problemsOfEveryRoute: readonly string[] = [
  'unauthenticated',
  'forbidden',
  'invalid-request',
  'job-deleted',
  'invalid-json',
  'body-too-large',
  'unsupported-media-type',
  'rate-limited',
  'internal',
  'unavailable',
];

/**
 * The document is not a schema itself: its parts beside the schemas are ignored. For clients its responses are open;
 * here they must have no undocumented member.
 */
const ajv = new Ajv2020({
  strict: false,
  formats: { ...documentedFormats },
  validateSchema: false,
  allErrors: true,
});
ajv.addSchema(closedSchemas(document), 'errand');
const compiled = new Map<string, ValidateFunction>();
/** What each test file has checked: files of a worker share this module. */
const checkedByFile = new Map<string, Set<string>>();

/**
 * Checks that the OpenAPI document describes a response of an operation: its status, media type, headers, body and,
 * for a problem, its type. Records it for `uncheckedResponses`, and returns it.
 */
export function expectDocumented(response: ApiResponse, operationId: string): ApiResponse {
  const route = routeOf(operationId);
  const what = `${operationId} answered ${response.status} ${JSON.stringify(response.body).slice(0, 500)}`;
  const description = describedResponse(route, response.status);
  expect(description, `${what}, which is not documented`).toBeDefined();
  const given = documentedHeaders.filter((name) => response.headers.has(name));
  const documented = Object.keys(description?.headers ?? {});
  expect(documented, `headers that ${what} carried`).toEqual(expect.arrayContaining(given));
  expectBody(response, description?.content, { route, what });
  expectOfRoute(response, route, what);
  expectRequestId(response);
  const isProblem = response.headers.get('content-type') === 'application/problem+json';
  if (isProblem && !isOwnProblem(response)) expectKnownProblem(route, response, what);
  checkedResponses().add(
    isProblem && !isOwnProblem(response)
      ? problemKey(route, response.body.type)
      : `${operationId} ${response.status}`,
  );
  return response;
}

/**
 * The documented responses of these operations that `expectDocumented` did not receive in this test file, without the
 * problems of every route.
 */
export function uncheckedResponses(operationIds: readonly OperationId[]): readonly string[] {
  const checked = checkedResponses();
  return operationIds.map(routeOf).flatMap((route) => {
    // A 404 is listed here for its headers only: its problems are among those of the route.
    const responses = Object.keys(route.responses)
      .filter((status) => status !== '404')
      .map((status) => `${route.operationId} ${status}`);
    const problems = route.problems
      .filter((slug) => !problemsOfEveryRoute.includes(slug))
      .map((slug) => problemKey(route, problemUri(slug)));
    return [...responses, ...problems].filter((key) => !checked.has(key));
  });
}

function checkedResponses(): Set<string> {
  const file = expect.getState().testPath ?? '';
  const checked = checkedByFile.get(file) ?? new Set();
  checkedByFile.set(file, checked);
  return checked;
}

/** Checks that a response is the given problem, in the form of every problem. */
export function expectProblem(response: ApiResponse, slug: keyof typeof problemTypes): void {
  const { status, title } = problemTypes[slug];
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.body).toMatchObject({ type: problemUri(slug), title, status, detail: expect.any(String) });
  expect(response.status).toBe(status);
  expectRequestId(response);
}

function expectRequestId({ headers, body }: ApiResponse): void {
  const requestId = headers.get('x-request-id');
  expect(requestId).toMatch(/./);
  if (headers.get('content-type') === 'application/problem+json') expect(body.requestId).toBe(requestId);
}

interface DescribedResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

type Documented = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly responses: Readonly<Record<string, DescribedResponse>> }>>
  >
>;

function describedResponse(route: Route, status: number): DescribedResponse | undefined {
  // The type of the document names every path; here they are looked up.
  const paths = document.paths as Documented;
  return paths[route.path]?.[route.method.toLowerCase()]?.responses[status];
}

function expectBody(
  response: ApiResponse,
  content: DescribedResponse['content'],
  { route, what }: { readonly route: Route; readonly what: string },
): void {
  if (content === undefined) {
    expect(response.body, `the body of what ${what}`).toBe('');
    return;
  }
  const mediaType = response.headers.get('content-type') ?? '';
  expect(Object.keys(content), `media types of what ${what}`).toContain(mediaType);
  const pointer = [
    'paths',
    route.path,
    route.method.toLowerCase(),
    'responses',
    String(response.status),
    'content',
    mediaType,
    'schema',
  ];
  const validate = validatorAt(`#/${pointer.map(escapePart).join('/')}`);
  expect(validate(response.body) ? [] : validate.errors, what).toEqual([]);
}

/**
 * The document shows a resource and its receipt as one object; the route table has both, each with its exact members.
 */
function expectOfRoute({ status, headers, body }: ApiResponse, route: Route, what: string): void {
  const { schema, mediaType = 'application/json' } = route.responses[status] ?? {};
  if (schema === undefined || headers.get('content-type') !== mediaType) return;
  expect(z.safeParse(schema as z.core.$ZodType, body).error?.issues ?? [], what).toEqual([]);
}

function validatorAt(pointer: string): ValidateFunction {
  const known = compiled.get(pointer) ?? ajv.compile({ $ref: `errand${pointer}` });
  compiled.set(pointer, known);
  return known;
}

function escapePart(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** The failure of a job, returned instead of its result. */
function isOwnProblem({ body }: ApiResponse): boolean {
  return typeof body === 'object' && body !== null && 'jobStatus' in body;
}

function expectKnownProblem(route: Route, { status, body }: ApiResponse, what: string): void {
  const slugs = problemsOf(route).filter((slug) => problemTypes[slug].status === status);
  expect(slugs.map(problemUri), what).toContain(body.type);
  expect(body.status, what).toBe(status);
}

function problemKey({ operationId }: Route, type: string): string {
  return `${operationId} ${type.slice(problemUri('').length)}`;
}

function routeOf(operationId: string): Route {
  const route = routes.find((candidate) => candidate.operationId === operationId);
  if (route === undefined) throw new Error(`There is no operation ${operationId}`);
  return route;
}
