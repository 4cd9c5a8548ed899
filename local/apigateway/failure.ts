/**
 * A failure that API Gateway reports itself, through the gateway response of that type.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export interface Failure {
  readonly responseType: FailureType;
  readonly status: number;
  /** Value of the response header `x-amzn-errortype`. */
  readonly errorType: string;
  /** Value of `$context.error.message`; null for failures without a message. */
  readonly message: string | null;
  /** Variables below `$context.authorizer` for a request that was denied. */
  readonly authorizer?: Readonly<Record<string, string | number>>;
}

export type FailureType =
  | 'ACCESS_DENIED'
  | 'API_CONFIGURATION_ERROR'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'DEFAULT_4XX'
  | 'DEFAULT_5XX'
  | 'INTEGRATION_TIMEOUT'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'REQUEST_TOO_LARGE'
  | 'UNAUTHORIZED';

/** Thrown if a request ends in a {@link Failure}. `cause` is for the log and is never sent to the client. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(`${failure.responseType}: ${failure.message}`, options);
    this.failure = failure;
  }
}

const internal = { errorType: 'InternalServerErrorException', message: 'Internal server error' };

/** No resource or method matches the path. API Gateway responds with 403 and this message about a token. */
export const missingRoute: Failure = {
  responseType: 'MISSING_AUTHENTICATION_TOKEN',
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  message: 'Missing Authentication Token',
};

/** The authorizer threw `Unauthorized`. */
export const unauthorizedFailure: Failure = {
  responseType: 'UNAUTHORIZED',
  status: 401,
  errorType: 'UnauthorizedException',
  message: 'Unauthorized',
};

/** The body is larger than 10 MB. */
export const requestTooLarge: Failure = {
  responseType: 'REQUEST_TOO_LARGE',
  status: 413,
  errorType: 'RequestTooLargeException',
  message: 'Request Too Long',
};

/** The header values exceed 10,240 bytes in total. This failure has no gateway response type of its own. */
export const headersTooLarge: Failure = {
  responseType: 'DEFAULT_4XX',
  status: 431,
  errorType: 'BadRequestException',
  message: 'Request Header Fields Too Large',
};

/** The integration did not respond within its time limit. */
export const integrationTimeout: Failure = {
  ...internal,
  responseType: 'INTEGRATION_TIMEOUT',
  status: 504,
  message: 'Endpoint request timed out',
};

/** API Gateway may not invoke the function, or Lambda refused the invocation. */
export const invocationRefused: Failure = {
  ...internal,
  responseType: 'API_CONFIGURATION_ERROR',
  status: 500,
};

/** The function failed or returned a value that is not a proxy response. */
export const invalidIntegrationResponse: Failure = {
  ...internal,
  responseType: 'API_CONFIGURATION_ERROR',
  status: 502,
};

/** The authorizer threw, may not be invoked, or returned a value that is not a policy. */
export const authorizerBroken: Failure = {
  responseType: 'AUTHORIZER_CONFIGURATION_ERROR',
  status: 500,
  errorType: 'AuthorizerConfigurationException',
  message: null,
};

/** The authorizer did not run because of a timeout or a concurrency limit. */
export const authorizerUnavailable: Failure = {
  responseType: 'AUTHORIZER_FAILURE',
  status: 500,
  errorType: 'AuthorizerFailureException',
  message: null,
};

/** The authorizer's policy does not allow the method. */
export function accessRefused(
  isExplicit: boolean,
  authorizer: Readonly<Record<string, string | number>>,
): Failure {
  const explicit = isExplicit ? ' with an explicit deny' : '';
  return {
    responseType: 'ACCESS_DENIED',
    status: 403,
    errorType: 'AccessDeniedException',
    message: `User is not authorized to access this resource${explicit}`,
    authorizer,
  };
}
