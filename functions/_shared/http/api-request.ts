import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod/mini';
import { parseWire, pointerTo } from '../../../core/contract/http/parse-wire.ts';
import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { Fault } from '../../../core/contract/problems/problem-schema.ts';
import type { Scope } from '../../../core/contract/routes/route.ts';
import { noQuery } from '../../../core/contract/schemas/list-schemas.ts';
import { checkMediaType } from './media-type.ts';
import { notUtf8, parseJson } from './parse-json.ts';

/** What is read of a request, by whichever way it came. */
export type HttpRequest = Pick<
  APIGatewayProxyEvent,
  'httpMethod' | 'path' | 'multiValueHeaders' | 'multiValueQueryStringParameters' | 'body' | 'isBase64Encoded'
> & {
  readonly requestContext: Pick<APIGatewayProxyEvent['requestContext'], 'requestId'> & {
    readonly authorizer?: APIGatewayProxyEvent['requestContext']['authorizer'];
  };
};

/** Who calls, as the authorizer told. */
export interface Caller {
  readonly tenant: string;
  readonly principal: string;
  readonly scopes: readonly string[];
}

const maxBodyBytes = 1_048_576;

/** A header's value, whatever the case of its name; repeated headers are joined as RFC 9110 says. */
export function header(event: HttpRequest, name: string): string | undefined {
  const all = Object.entries(event.multiValueHeaders ?? {}).find(([key]) => key.toLowerCase() === name);
  return all?.[1]?.join(', ');
}

/** Address of the API as its caller sees it, without a slash at its end; the stage is part of it unless a domain hides it. */
export function baseUrl(event: APIGatewayProxyEvent): string {
  const { stage, path } = event.requestContext;
  const prefix = path.startsWith(`/${stage}/`) && !event.path.startsWith(`/${stage}/`) ? `/${stage}` : '';
  const protocol = header(event, 'x-forwarded-proto') ?? 'https';
  return `${protocol}://${header(event, 'host') ?? event.requestContext.domainName ?? ''}${prefix}`;
}

/** Who calls; throws `forbidden` when the key lacks the scope that the route asks for. */
export function callerWith(event: APIGatewayProxyEvent, scope: Scope): Caller {
  const { tenant, principal, scopes } = (event.requestContext.authorizer ?? {}) as Record<string, unknown>;
  if (typeof tenant !== 'string' || typeof principal !== 'string' || typeof scopes !== 'string') {
    throw new Error('The authorizer gave no caller');
  }
  const caller = { tenant, principal, scopes: scopes.split(' ') };
  requireScope(caller, scope);
  return caller;
}

/** Throws `forbidden` when the caller's key lacks a scope. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!mayDo(caller, scope)) throw new ProblemError('forbidden', `The key needs the scope ${scope}`);
}

/** Whether the caller's key has a scope: an answer shows what its caller may read. */
export function mayDo({ scopes }: Caller, scope: Scope): boolean {
  return scopes.includes(scope);
}

/** The query as its schema types it; throws `invalid-request`, for a parameter that is given twice too. */
export function readQuery<Schema extends z.ZodMiniObject>(
  event: HttpRequest,
  schema: Schema,
): z.infer<Schema> {
  const given = Object.entries(event.multiValueQueryStringParameters ?? {});
  const single = Object.fromEntries(given.map(([name, values = []]) => [name, values[0]]));
  const repeated = given
    .filter(([name, values = []]) => values.length > 1 && Object.hasOwn(schema.shape, name))
    .map(([name, values = []]) => repetition(name, values.length));
  return parseWire(schema, single, repeated);
}

/** No parameter of ours is a list. */
function repetition(name: string, times: number): Fault {
  return {
    pointer: pointerTo([name]),
    detail: `must be given once, not ${times} times`,
    keyword: 'maxItems',
  };
}

/** Throws `invalid-request` when there is any query parameter. */
export function refuseQuery(event: HttpRequest): void {
  readQuery(event, noQuery);
}

/** The body as JSON; throws `unsupported-media-type`, `body-too-large`, and as `parseJson` does. */
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
      `The body has ${body.byteLength} bytes; at most ${maxBodyBytes} are taken`,
    );
  }
  return parseJson(body);
}

/**
 * A function URL hands on what it takes for text as a text. A decoder replaces each byte or two that are not UTF-8 by the
 * three bytes of U+FFFD, so that the text is larger than the body that was sent.
 */
function bodyBytes(event: HttpRequest): Buffer {
  const { body } = event;
  if (event.isBase64Encoded) return Buffer.from(body ?? '', 'base64');
  const bytes = Buffer.from(body ?? '');
  if (body?.includes('\ufffd') && bytes.byteLength > Number(header(event, 'content-length'))) throw notUtf8();
  return bytes;
}

/** As `readJsonBody`, and `{}` for a request without a body. */
export function readOptionalJsonBody(event: HttpRequest): unknown {
  return event.body === null || event.body === '' ? {} : readJsonBody(event);
}
