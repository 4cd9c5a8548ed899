import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { HttpRequest } from './api-request.ts';

/** A path at which this function serves nothing, whatever stands in it. */
export function nothingAt({ path }: HttpRequest): ProblemError {
  return new ProblemError('not-found', `There is nothing at ${path.slice(0, 200)}`);
}

/** A path that is served by other methods, with what they are. */
export function wrongMethod({ httpMethod }: HttpRequest, allowed: readonly string[]): ProblemError {
  const methods = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ');
  return new ProblemError('method-not-allowed', `Use ${methods} here, not ${httpMethod}`, {
    headers: { Allow: methods },
  });
}

/** The method whose route serves a request: `HEAD` is answered as `GET` is (RFC 9110, 9.3.2). */
export function routeMethod({ httpMethod }: HttpRequest): string {
  return httpMethod === 'HEAD' ? 'GET' : httpMethod;
}
