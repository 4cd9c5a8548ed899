import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod/mini';
import { parseWire, pointerTo } from '../../../core/contract/http/parse-wire.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Violation } from '../../../core/contract/problems/problem-schema.ts';
import type { Scope } from '../../../core/contract/routes/route.ts';
import { noQuery } from '../../../core/contract/schemas/list-schemas.ts';
import { notUtf8, parseJson } from '../../../core/json-schema/parse-json.ts';
import { checkMediaType } from './media-type.ts';

/**
 * The parts of a request that the operations read; events of API Gateway and of function URLs are mapped to
 * it.
 */
export type HttpRequest = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'path' | 'multiValueHeaders' | 'multiValueQueryStringParameters' | 'body' | 'isBase64Encoded'
> & {
  readonly requestContext: Pick<APIGatewayProxyEvent['requestContext'], 'requestId'> & {
    readonly authorizer?: APIGatewayProxyEvent['requestContext']['authorizer'];
    readonly domainName?: string | undefined;
    /** Only of API Gateway: the stage, and the path with the stage unless a domain hides it. */
    readonly stage?: string;
    readonly path?: string;
  };
};

/** The identity of the caller, as returned by the authorizer. */
export interface Caller {
  readonly tenant: string;
  readonly principal: string;
  readonly scopes: readonly string[];
}

const maxBodyBytes = 1_048_576;

/**
 * The value of a header; `name` is in lower case. Repeated headers are joined with commas (RFC 9110, 5.3).
 */
export function header(event: HttpRequest, name: string): string | undefined {
  const all = Object.entries(event.multiValueHeaders ?? {}).find(([key]) => key.toLowerCase() === name);
  return all?.[1]?.join(', ');
}

/**
 * Base URL of the API, or of a function URL, as the caller uses it, without a trailing slash; it includes the stage of an API
 * unless a domain hides it.
 */
export function baseUrl(event: HttpRequest): string {
  const { stage, path = '' } = event.requestContext;
  const prefix = path.startsWith(`/${stage}/`) && !event.path.startsWith(`/${stage}/`) ? `/${stage}` : '';
  const protocol = header(event, 'x-forwarded-proto') ?? 'https';
  return `${protocol}://${header(event, 'host') ?? event.requestContext.domainName ?? ''}${prefix}`;
}

/** The caller of a request; throws `forbidden` when the API key lacks the scope that the route requires. */
export function requireCaller(event: APIGatewayProxyEvent, scope: Scope): Caller {
  const caller = callerFrom(event);
  requireScope(caller, scope);
  return caller;
}

/** The caller of a request to a route that requires an API key. */
export function callerFrom(event: APIGatewayProxyEvent): Caller {
  const { tenant, principal, scopes } = (event.requestContext.authorizer ?? {}) as Record<string, unknown>;
  if (typeof tenant !== 'string' || typeof principal !== 'string' || typeof scopes !== 'string') {
    throw new Error('The authorizer returned no caller: tenant, principal or scopes are missing');
  }
  return { tenant, principal, scopes: scopes === '' ? [] : scopes.split(' ') };
}

/** Throws `forbidden` when the caller's API key lacks a scope. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!hasScope(caller, scope))
    throw new ProblemError('forbidden', `This request requires an API key with the scope ${scope}`);
}

/** Whether the caller's API key has a scope; responses show only what the caller may read. */
export function hasScope({ scopes }: Caller, scope: Scope): boolean {
  return scopes.includes(scope);
}

/**
 * Validates the query and returns it typed; throws `invalid-request`, also for a repeated parameter. `found` are
 * errors of the query that the caller has already found.
 */
export function readQuery<Schema extends z.ZodMiniObject>(
  event: HttpRequest,
  schema: Schema,
  found: readonly Violation[] = [],
): z.infer<Schema> {
  const values = Object.entries(event.multiValueQueryStringParameters ?? {});
  const single = Object.fromEntries(values.map(([name, values = []]) => [name, values[0]]));
  const repeated = values
    .filter(([name, values = []]) => values.length > 1 && Object.hasOwn(schema.shape, name))
    .map(([name, values = []]) => repeatedParameter(name, values.length));
  return parseWire(schema, single, [...found, ...repeated]);
}

/** The violation of a repeated query parameter: no query parameter of the API may be repeated. */
export function repeatedParameter(name: string, times: number): Violation {
  return {
    pointer: pointerTo([name]),
    detail: `must be sent once, not ${times} times`,
    keyword: 'maxItems',
  };
}

/** Throws `invalid-request` when the request has query parameters. */
export function rejectQuery(event: HttpRequest): void {
  readQuery(event, noQuery);
}

/**
 * Parses the body as JSON; throws `unsupported-media-type`, `body-too-large`, and the errors of `parseJson`.
 */
export function readJsonBody(event: HttpRequest): unknown {
  checkMediaType({
    httpMethod: event.httpMethod,
    contentType: header(event, 'content-type'),
    contentEncoding: header(event, 'content-encoding'),
  });
  const body = bodyBytes(event);
  if (body.byteLength > maxBodyBytes) {
    throw new ProblemError(
      'body-too-large',
      `The body has ${body.byteLength} bytes; the limit is ${maxBodyBytes} bytes. Upload larger data as a data object (POST /v1/data) and pass its ID in the inputs of a job`,
    );
  }
  return parseJson(body);
}

/**
 * A function URL passes a body of a text media type on as a string. Decoding replaces invalid UTF-8, one or
 * two bytes at a time, with the three bytes of U+FFFD, so the string is larger than the body that was sent.
 */
function bodyBytes(event: HttpRequest): Buffer {
  const { body } = event;
  if (event.isBase64Encoded) return Buffer.from(body ?? '', 'base64');
  const bytes = Buffer.from(body ?? '');
  if (body?.includes('\ufffd') && bytes.byteLength > Number(header(event, 'content-length'))) throw notUtf8();
  return bytes;
}

/** Like `readJsonBody`, but returns `{}` for a request without a body. */
export function readOptionalJsonBody(event: HttpRequest): unknown {
  return event.body === null || event.body === '' ? {} : readJsonBody(event);
}
