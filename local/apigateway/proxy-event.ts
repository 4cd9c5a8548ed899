import type { ApiDefinition } from './api-definition.ts';
import { type ApiRequest, headerOf, type MultiValues } from './api-request.ts';
import type { Route } from './route.ts';

/** Values that an authorizer adds to a request as `requestContext.authorizer`. */
export type AuthorizerContext = Readonly<Record<string, string | number>>;

/** A request together with its matching route. */
export interface RoutedRequest {
  readonly api: ApiDefinition;
  readonly request: ApiRequest;
  readonly route: Route;
}

/**
 * Builds the event of a Lambda proxy integration, payload format 1.0.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(routed: RoutedRequest, body: Buffer, authorizer?: AuthorizerContext): object {
  const { api, request } = routed;
  const isBinary = body.length > 0 && isBinaryType(api.binaryMediaTypes, headerOf(request, 'content-type'));
  const context = requestContext(routed);
  return {
    ...requestFields(routed),
    requestContext: authorizer === undefined ? context : { ...context, authorizer },
    body: body.length === 0 ? null : body.toString(isBinary ? 'base64' : 'utf8'),
    isBase64Encoded: isBinary,
  };
}

/**
 * Builds the event of a REQUEST authorizer: the proxy event without the body.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function authorizerEvent(routed: RoutedRequest, methodArn: string): object {
  return { type: 'REQUEST', methodArn, ...requestFields(routed), requestContext: requestContext(routed) };
}

/**
 * Reports whether a content type is one of the API's binary media types; a type of two stars matches all
 * types.
 */
export function isBinaryType(binaryMediaTypes: readonly string[], contentType: string | undefined): boolean {
  const mediaType = contentType?.split(/[;,]/)[0]?.trim().toLowerCase();
  return binaryMediaTypes.some((type) => type === '*/*' || type.toLowerCase() === mediaType);
}

function requestFields({ request, route }: RoutedRequest): object {
  return {
    resource: route.resource.path,
    path: request.path,
    httpMethod: request.httpMethod,
    headers: lastValues(request.headers),
    multiValueHeaders: orNull(request.headers),
    queryStringParameters: lastValues(request.query),
    multiValueQueryStringParameters: orNull(request.query),
    pathParameters: route.pathParameters,
    stageVariables: null,
  };
}

function requestContext({ api, request, route }: RoutedRequest): object {
  const domainName = (headerOf(request, 'host') ?? '').replace(/:\d+$/, '');
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    deploymentId: api.deploymentId,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? '',
    extendedRequestId: request.extendedRequestId,
    httpMethod: request.httpMethod,
    identity: identityOf(request),
    // As behind a custom domain name, the path does not contain the stage.
    path: request.path,
    protocol: request.protocol,
    requestId: request.requestId,
    requestTime: commonLogTime(request.receivedAt),
    requestTimeEpoch: request.receivedAt.getTime(),
    resourceId: route.resource.resourceId,
    resourcePath: route.resource.path,
    stage: api.stageName,
  };
}

function identityOf(request: ApiRequest): object {
  return {
    accessKey: null,
    accountId: null,
    caller: null,
    cognitoAuthenticationProvider: null,
    cognitoAuthenticationType: null,
    cognitoIdentityId: null,
    cognitoIdentityPoolId: null,
    principalOrgId: null,
    sourceIp: request.sourceIp,
    user: null,
    userAgent: headerOf(request, 'user-agent') ?? null,
    userArn: null,
  };
}

function lastValues(values: MultiValues): Readonly<Record<string, string>> | null {
  const entries = Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? ''] as const);
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function orNull(values: MultiValues): MultiValues | null {
  return Object.keys(values).length === 0 ? null : values;
}

/** Formats a time in the common log format, such as `09/Apr/2026:12:34:56 +0000`. */
export function commonLogTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
