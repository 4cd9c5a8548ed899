import { type ProblemSlug, problemTypes, problemUri } from '../../core/contract/problems/problem-types.ts';

/** How an answer of API Gateway itself looks: which problem it tells, and in which words. */
export interface GatewayAnswer {
  /** Response type, as https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html lists them. */
  readonly responseType: string;
  readonly slug: ProblemSlug;
  /** Fixed text: API Gateway's own message is null for some types, and says nothing of what to do. */
  readonly detail: string;
  /** Values in single quotes are literal. */
  readonly headers?: Readonly<Record<string, string>>;
}

const soon = { 'Retry-After': "'1'" };

const nothingHere = 'There is nothing at this path';
const badCredentials = 'The credentials are not accepted. Send an API key as `Authorization: Bearer <key>`';
const tooMany = 'The deployment accepts no more requests at the moment. Try again after Retry-After';

/**
 * API Gateway does not say why it could not get an answer: a throttled function, one that failed, and a body that Lambda
 * does not take (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html) all end here.
 */
const unanswered = {
  slug: 'unavailable',
  detail:
    'No function could answer, and whether one has acted is not known. Try again after Retry-After; a body above 6 MB is never accepted',
  headers: soon,
} as const;

/** The authorizer comes before all else, so nothing was done. */
const unauthorizable = {
  slug: 'unavailable',
  detail: 'The API key could not be checked, and nothing was done. Try again after Retry-After',
  headers: soon,
} as const;

/** Every answer that API Gateway gives in the place of a function. */
export const gatewayAnswers: readonly GatewayAnswer[] = [
  {
    responseType: 'UNAUTHORIZED',
    slug: 'unauthenticated',
    detail: 'Send a valid API key as `Authorization: Bearer <key>`',
    headers: { 'WWW-Authenticate': `'Bearer realm="errand"'` },
  },
  { responseType: 'ACCESS_DENIED', slug: 'forbidden', detail: 'The API key does not allow this request' },
  { responseType: 'EXPIRED_TOKEN', slug: 'forbidden', detail: badCredentials },
  { responseType: 'INVALID_API_KEY', slug: 'forbidden', detail: badCredentials },
  { responseType: 'INVALID_SIGNATURE', slug: 'forbidden', detail: badCredentials },
  {
    responseType: 'WAF_FILTERED',
    slug: 'forbidden',
    detail: 'A firewall rule of this deployment refused the request',
  },
  // API Gateway gives this, with 403, for a path or method that it does not know.
  { responseType: 'MISSING_AUTHENTICATION_TOKEN', slug: 'not-found', detail: nothingHere },
  { responseType: 'RESOURCE_NOT_FOUND', slug: 'not-found', detail: nothingHere },
  {
    responseType: 'BAD_REQUEST_PARAMETERS',
    slug: 'invalid-request',
    detail: 'The path, the query or a header has a parameter that is not valid',
  },
  { responseType: 'BAD_REQUEST_BODY', slug: 'invalid-request', detail: 'The body is not valid' },
  { responseType: 'REQUEST_TOO_LARGE', slug: 'body-too-large', detail: 'A request may have at most 10 MB' },
  {
    responseType: 'UNSUPPORTED_MEDIA_TYPE',
    slug: 'unsupported-media-type',
    detail: 'Send the body as application/json',
  },
  { responseType: 'THROTTLED', slug: 'rate-limited', detail: tooMany, headers: soon },
  { responseType: 'QUOTA_EXCEEDED', slug: 'rate-limited', detail: tooMany, headers: soon },
  { responseType: 'INTEGRATION_FAILURE', ...unanswered },
  { responseType: 'INTEGRATION_TIMEOUT', ...unanswered },
  { responseType: 'AUTHORIZER_FAILURE', ...unauthorizable },
  { responseType: 'AUTHORIZER_CONFIGURATION_ERROR', ...unauthorizable },
  { responseType: 'API_CONFIGURATION_ERROR', ...unanswered },
  {
    responseType: 'DEFAULT_4XX',
    slug: 'invalid-request',
    detail: 'API Gateway refused the request. All headers together may have at most 10,240 bytes',
  },
  { responseType: 'DEFAULT_5XX', ...unanswered },
];

/**
 * The body of an answer as RFC 9457 problem JSON, after API Gateway has put in the one variable that every answer has.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function problemTemplate(answer: GatewayAnswer): string {
  const { title, status } = problemTypes[answer.slug];
  const members = [
    `"type":${JSON.stringify(problemUri(answer.slug))}`,
    `"title":${JSON.stringify(title)}`,
    `"status":${status}`,
    `"detail":${JSON.stringify(answer.detail)}`,
    '"requestId":"$context.requestId"',
  ];
  return `{${members.join(',')}}`;
}
