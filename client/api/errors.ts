import type { Problem } from '../../core/contract/problems/problem-schema.ts';

/** The base class of all errors that the client throws, except `AbortError` and errors of the caller's own code. */
export class ErrandError extends Error {
  override readonly name: string = 'ErrandError';
}

/** The client lacks something to start with, such as the URL of the service. The message names what to do. */
export class ConfigurationError extends ErrandError {
  override readonly name = 'ConfigurationError';
}

/** No response arrived, after all retries. `cause` is the last error of the connection. */
export class ConnectionError extends ErrandError {
  override readonly name = 'ConnectionError';
}

/** Where an `ApiError` comes from. */
export interface FailedCall {
  readonly method: string;
  /** URL without the query. */
  readonly url: string;
  readonly status: number;
  readonly problem: Partial<Problem>;
  /** Base URL of the service, for the address of the documentation. */
  readonly baseUrl: string;
}

/** The API refused a call with a problem document (RFC 9457). The message contains each violation in a line. */
export class ApiError extends ErrandError {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;
  /** Slug of the problem, such as `ambiguous-version`; empty if the response was not a problem of Errand. */
  readonly code: string;
  /** What is wrong, without the request. */
  readonly detail: string;
  readonly problem: Partial<Problem>;
  readonly requestId: string | undefined;
  /** Page that explains the problem. */
  readonly documentationUrl: string | undefined;

  constructor({ method, url, status, problem, baseUrl }: FailedCall) {
    const detail = problem.detail ?? problem.title ?? `status ${status}`;
    const lines = (problem.errors ?? []).map((each) => `${each.pointer}: ${each.detail}`);
    // The detail often is the only violation.
    const further = lines.filter((line) => !detail.includes(line)).map((line) => `\n  ${line}`);
    super(`${method} ${url} failed with status ${status}: ${detail}${further.join('')}`);
    this.status = status;
    this.code = problem.type?.split('/').at(-1) ?? '';
    this.detail = detail;
    this.problem = problem;
    this.requestId = problem.requestId;
    this.documentationUrl = this.code === '' ? undefined : `${baseUrl}/v1/docs/problems/${this.code}`;
  }
}
