import type { ApiDefinition } from './api-definition.ts';
import { type ApiRequest, headerOf } from './api-request.ts';
import type { Failure } from './failure.ts';
import type { GatewayResponse, HeaderValue } from './gateway-response.ts';
import type { HttpResponse } from './http-response.ts';
import { compileTemplate, type Template, type TemplateValues } from './response-template.ts';
import type { Route } from './route.ts';

const defaultTemplates: ReadonlyMap<string, Template> = new Map([
  ['application/json', compileTemplate('{"message":$context.error.messageString}', 'The default template')],
]);

/**
 * Builds the response to a failure: from the gateway response of its type, otherwise from `DEFAULT_4XX` or
 * `DEFAULT_5XX`, otherwise API Gateway's default response. `route` is undefined if no route matched.
 */
export function failureResponse(
  api: ApiDefinition,
  failure: Failure,
  { request, route }: { readonly request: ApiRequest; readonly route?: Route | undefined },
): HttpResponse {
  const fallback = failure.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const response = api.gatewayResponses.get(failure.responseType) ?? api.gatewayResponses.get(fallback);
  const values = templateValues(api, failure, { request, route });
  const [contentType, template] = chooseTemplate(response, headerOf(request, 'accept'));
  const own = (response?.headers ?? []).flatMap(([name, value]) => {
    const text = resolveHeader(value, values, { request, route });
    return text === undefined ? [] : [[name, text] as const];
  });
  const standard = [
    ['Content-Type', contentType],
    ['x-amzn-ErrorType', failure.errorType],
  ] as const;
  const isOwn = (name: string): boolean => own.some(([it]) => it.toLowerCase() === name.toLowerCase());
  return {
    status: response?.status ?? failure.status,
    headers: [...standard.filter(([name]) => !isOwn(name)), ...own],
    body: Buffer.from(template(values)),
  };
}

/**
 * Selects the template for a content type that the client accepts, otherwise the JSON template, otherwise the
 * first.
 */
function chooseTemplate(
  response: GatewayResponse | undefined,
  accept: string | undefined,
): readonly [string, Template] {
  const templates =
    response === undefined || response.templates.size === 0 ? defaultTemplates : response.templates;
  const accepted = (accept ?? '').split(',').map((type) => type.split(';')[0]?.trim() ?? '');
  const type = [...accepted, 'application/json', ...templates.keys()].find((it) => templates.has(it)) ?? '';
  const template = templates.get(type);
  if (template === undefined) throw new Error('A gateway response has no template');
  return [type, template];
}

function resolveHeader(
  value: HeaderValue,
  values: TemplateValues,
  { request, route }: { readonly request: ApiRequest; readonly route?: Route | undefined },
): string | undefined {
  if (value.kind === 'literal') return value.text;
  if (value.kind === 'context') return values(value.name);
  if (value.part === 'header') return headerOf(request, value.name);
  if (value.part === 'querystring') return request.query[value.name]?.at(-1);
  return route?.pathParameters?.[value.name];
}

function templateValues(
  api: ApiDefinition,
  failure: Failure,
  { request, route }: { readonly request: ApiRequest; readonly route?: Route | undefined },
): TemplateValues {
  const { message } = failure;
  const known: Readonly<Record<string, string>> = {
    'context.accountId': api.accountId,
    'context.apiId': api.apiId,
    'context.domainName': (headerOf(request, 'host') ?? '').replace(/:\d+$/, ''),
    'context.error.message': message ?? '',
    'context.error.messageString': JSON.stringify(message),
    'context.error.responseType': failure.responseType,
    'context.extendedRequestId': request.extendedRequestId,
    'context.httpMethod': request.httpMethod,
    'context.identity.sourceIp': request.sourceIp,
    'context.identity.userAgent': headerOf(request, 'user-agent') ?? '',
    'context.path': request.path,
    'context.protocol': request.protocol,
    'context.requestId': request.requestId,
    'context.requestTime': request.receivedAt.toISOString(),
    'context.requestTimeEpoch': String(request.receivedAt.getTime()),
    'context.resourcePath': route?.resource.path ?? '',
    'context.stage': api.stageName,
  };
  return (name) => {
    const claim = /^context\.authorizer\.(\w+)$/.exec(name)?.[1];
    if (claim === undefined) return known[name];
    const value = failure.authorizer?.[claim];
    return value === undefined ? undefined : String(value);
  };
}
