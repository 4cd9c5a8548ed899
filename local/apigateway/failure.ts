/**
 * A request that API Gateway itself answers, by its gateway response of that type.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export interface Failure {
  readonly responseType: FailureType;
  readonly status: number;
  /** `x-amzn-errortype` of the answer. */
  readonly errorType: string;
  /** `$context.error.message`; null for failures that API Gateway does not explain. */
  readonly message: string | null;
  /** Variables below `$context.authorizer` of a request that was denied. */
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

/** Thrown where a request ends in a {@link Failure}. `cause` is for the log, never for the client. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly failure: Failure;

  constructor(failure: Failure, options?: ErrorOptions) {
    super(`${failure.responseType}: ${failure.message}`, options);
    this.failure = failure;
  }
}

const INTERNAL = { errorType: 'InternalServerErrorException', message: 'Internal server error' };

/** No resource or no method serves the path; API Gateway answers 403 and speaks of a token all the same. */
export const MISSING_ROUTE: Failure = {
  responseType: 'MISSING_AUTHENTICATION_TOKEN',
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  message: 'Missing Authentication Token',
};

/** An identity source is missing, or the authorizer threw `Unauthorized`. */
export const UNAUTHORIZED: Failure = {
  responseType: 'UNAUTHORIZED',
  status: 401,
  errorType: 'UnauthorizedException',
  message: 'Unauthorized',
};

/** The body is larger than 10 MB. */
export const REQUEST_TOO_LARGE: Failure = {
  responseType: 'REQUEST_TOO_LARGE',
  status: 413,
  errorType: 'RequestTooLargeException',
  message: 'Request Too Long',
};

/** The header values together are larger than 10,240 bytes; there is no gateway response of its own for it. */
export const HEADERS_TOO_LARGE: Failure = {
  responseType: 'DEFAULT_4XX',
  status: 431,
  errorType: 'BadRequestException',
  message: 'Request Header Fields Too Large',
};

/** The integration did not answer in time. */
export const INTEGRATION_TIMEOUT: Failure = {
  ...INTERNAL,
  responseType: 'INTEGRATION_TIMEOUT',
  status: 504,
  message: 'Endpoint request timed out',
};

/** API Gateway may not invoke the function, or Lambda refused. */
export const INVOCATION_REFUSED: Failure = {
  ...INTERNAL,
  responseType: 'API_CONFIGURATION_ERROR',
  status: 500,
};

/** The function failed or answered what is no proxy answer. */
export const BAD_INTEGRATION_ANSWER: Failure = {
  ...INTERNAL,
  responseType: 'API_CONFIGURATION_ERROR',
  status: 502,
};

/** The authorizer threw, may not be invoked, or answered what is no policy. */
export const AUTHORIZER_BROKEN: Failure = {
  responseType: 'AUTHORIZER_CONFIGURATION_ERROR',
  status: 500,
  errorType: 'AuthorizerConfigurationException',
  message: null,
};

/** The authorizer could not be asked, for want of time or of concurrency. */
export const AUTHORIZER_UNAVAILABLE: Failure = {
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
