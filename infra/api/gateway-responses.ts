import { type ProblemSlug, problemTypes, problemUri } from '../../core/contract/problems/problem-types.ts';

/** A response that API Gateway itself generates: its type, problem and text. */
export interface GatewayResponse {
  /**
   * Response type, as
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html lists
   * them.
   */
  readonly responseType: string;
  readonly slug: ProblemSlug;
  /** A fixed text: API Gateway's own message is null for some types, and does not state what to do. */
  readonly detail: string;
  /** Values in single quotes are literal. */
  readonly headers?: Readonly<Record<string, string>>;
}

const retryAfterOneSecond = { 'Retry-After': "'1'" };

const noRouteText = 'No route matches this method and path';
const badCredentialsText =
  'The credentials are not accepted. Send an API key as `Authorization: Bearer <key>`';
const throttledText = 'The deployment receives too many requests at the moment. Try again after Retry-After';

/**
 * API Gateway does not report why it received no response: this covers a throttled function, a failed
 * function, and a body that Lambda does not accept
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
const noResponse = {
  slug: 'unavailable',
  detail:
    'No function returned a response, so it is unknown whether the request had an effect. Try again after Retry-After; a body above 6 MB is never accepted',
  headers: retryAfterOneSecond,
} as const;

/** The authorizer runs before the function of a route, so the request had no effect. */
const authorizerFailed = {
  slug: 'unavailable',
  detail: 'The API key could not be checked, so the request had no effect. Try again after Retry-After',
  headers: retryAfterOneSecond,
} as const;

/** Every response that API Gateway generates itself. */
export const gatewayResponses: readonly GatewayResponse[] = [
  {
    responseType: 'UNAUTHORIZED',
    slug: 'unauthenticated',
    detail: 'Send a valid API key as `Authorization: Bearer <key>`',
    headers: { 'WWW-Authenticate': `'Bearer realm="errand"'` },
  },
  { responseType: 'ACCESS_DENIED', slug: 'forbidden', detail: 'The API key does not allow this request' },
  { responseType: 'EXPIRED_TOKEN', slug: 'forbidden', detail: badCredentialsText },
  { responseType: 'INVALID_API_KEY', slug: 'forbidden', detail: badCredentialsText },
  { responseType: 'INVALID_SIGNATURE', slug: 'forbidden', detail: badCredentialsText },
  {
    responseType: 'WAF_FILTERED',
    slug: 'forbidden',
    detail: 'A firewall rule of this deployment refused the request',
  },
  // API Gateway uses this type, with 403, for an unknown path or method.
  { responseType: 'MISSING_AUTHENTICATION_TOKEN', slug: 'not-found', detail: noRouteText },
  { responseType: 'RESOURCE_NOT_FOUND', slug: 'not-found', detail: noRouteText },
  {
    responseType: 'BAD_REQUEST_PARAMETERS',
    slug: 'invalid-request',
    detail: 'A parameter in the path, the query or a header is not valid',
  },
  { responseType: 'BAD_REQUEST_BODY', slug: 'invalid-request', detail: 'The body is not valid' },
  { responseType: 'REQUEST_TOO_LARGE', slug: 'body-too-large', detail: 'A request must have at most 10 MB' },
  {
    responseType: 'UNSUPPORTED_MEDIA_TYPE',
    slug: 'unsupported-media-type',
    detail: 'Send the body as application/json',
  },
  { responseType: 'THROTTLED', slug: 'rate-limited', detail: throttledText, headers: retryAfterOneSecond },
  {
    responseType: 'QUOTA_EXCEEDED',
    slug: 'rate-limited',
    detail: throttledText,
    headers: retryAfterOneSecond,
  },
  { responseType: 'INTEGRATION_FAILURE', ...noResponse },
  { responseType: 'INTEGRATION_TIMEOUT', ...noResponse },
  { responseType: 'AUTHORIZER_FAILURE', ...authorizerFailed },
  { responseType: 'AUTHORIZER_CONFIGURATION_ERROR', ...authorizerFailed },
  { responseType: 'API_CONFIGURATION_ERROR', ...noResponse },
  {
    responseType: 'DEFAULT_4XX',
    slug: 'invalid-request',
    detail: 'API Gateway rejected the request. All headers together must have at most 10,240 bytes',
  },
  { responseType: 'DEFAULT_5XX', ...noResponse },
];

/**
 * Returns the template of a response body as RFC 9457 problem JSON; API Gateway substitutes the request ID.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function problemTemplate(response: GatewayResponse): string {
  const { title, status } = problemTypes[response.slug];
  const members = [
    `"type":${JSON.stringify(problemUri(response.slug))}`,
    `"title":${JSON.stringify(title)}`,
    `"status":${status}`,
    `"detail":${JSON.stringify(response.detail)}`,
    '"requestId":"$context.requestId"',
  ];
  return `{${members.join(',')}}`;
}

/**
 * The headers by which a browser lets web pages of the allowed origins read a response. API Gateway does not
 * process a gateway response with Velocity, so it cannot select one of several origins: then the response,
 * which has a fixed text, may be read by pages of every origin.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.gatewayResponse.html
 */
export function corsHeaders(origins: readonly string[]): Readonly<Record<string, string>> {
  const [first, ...others] = origins;
  if (first === undefined) return {};
  return {
    'Access-Control-Allow-Origin': `'${others.length === 0 ? first : '*'}'`,
    'Access-Control-Expose-Headers': "'Retry-After, WWW-Authenticate, x-request-id'",
  };
}
