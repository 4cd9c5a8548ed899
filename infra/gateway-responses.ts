import { type ProblemSlug, problemTypes, problemUri } from '../core/contract/problem-types.ts';

/** How an answer of API Gateway itself looks: which problem it tells, and in which words. */
export interface GatewayAnswer {
  /** Response type, as https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html lists them. */
  readonly responseType: string;
  readonly slug: ProblemSlug;
  /** Absent: API Gateway's own message. */
  readonly detail?: string;
  /** Values in single quotes are literal. */
  readonly headers?: Readonly<Record<string, string>>;
}

const soon = { 'Retry-After': "'1'" };

/** Every answer that API Gateway gives in the place of a function. */
export const gatewayAnswers: readonly GatewayAnswer[] = [
  {
    responseType: 'UNAUTHORIZED',
    slug: 'unauthenticated',
    detail: 'Send a valid API key as `Authorization: Bearer <key>`',
    headers: { 'WWW-Authenticate': `'Bearer realm="errand"'` },
  },
  { responseType: 'ACCESS_DENIED', slug: 'forbidden' },
  { responseType: 'EXPIRED_TOKEN', slug: 'forbidden' },
  { responseType: 'INVALID_API_KEY', slug: 'forbidden' },
  { responseType: 'INVALID_SIGNATURE', slug: 'forbidden' },
  { responseType: 'WAF_FILTERED', slug: 'forbidden' },
  // API Gateway gives this, with 403, for a path or method that it does not know.
  {
    responseType: 'MISSING_AUTHENTICATION_TOKEN',
    slug: 'not-found',
    detail: 'There is nothing at this path',
  },
  { responseType: 'RESOURCE_NOT_FOUND', slug: 'not-found', detail: 'There is nothing at this path' },
  { responseType: 'BAD_REQUEST_PARAMETERS', slug: 'invalid-request' },
  { responseType: 'BAD_REQUEST_BODY', slug: 'invalid-request' },
  { responseType: 'REQUEST_TOO_LARGE', slug: 'body-too-large', detail: 'A request may have at most 10 MB' },
  { responseType: 'UNSUPPORTED_MEDIA_TYPE', slug: 'unsupported-media-type' },
  { responseType: 'THROTTLED', slug: 'rate-limited', headers: soon },
  { responseType: 'QUOTA_EXCEEDED', slug: 'rate-limited', headers: soon },
  { responseType: 'INTEGRATION_FAILURE', slug: 'internal' },
  { responseType: 'INTEGRATION_TIMEOUT', slug: 'unavailable', headers: soon },
  { responseType: 'AUTHORIZER_FAILURE', slug: 'internal' },
  { responseType: 'AUTHORIZER_CONFIGURATION_ERROR', slug: 'internal' },
  { responseType: 'API_CONFIGURATION_ERROR', slug: 'internal' },
  { responseType: 'DEFAULT_4XX', slug: 'invalid-request' },
  { responseType: 'DEFAULT_5XX', slug: 'internal' },
];

/**
 * The body of an answer as RFC 9457 problem JSON, after API Gateway has put its variables in. It puts
 * `$context.error.messageString` in with its quotes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
 */
export function problemTemplate(answer: GatewayAnswer): string {
  const { title, status } = problemTypes[answer.slug];
  const detail = answer.detail === undefined ? '$context.error.messageString' : JSON.stringify(answer.detail);
  const members = [
    `"type":${JSON.stringify(problemUri(answer.slug))}`,
    `"title":${JSON.stringify(title)}`,
    `"status":${status}`,
    `"detail":${detail}`,
    '"requestId":"$context.requestId"',
  ];
  return `{${members.join(',')}}`;
}
