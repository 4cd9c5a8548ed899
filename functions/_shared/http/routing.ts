import { ProblemError } from '../../../core/contract/problems/problem-error.ts';
import type { HttpRequest } from './api-request.ts';

/** The problem for a path that matches no route of this function. */
export function noRoute({ path }: HttpRequest): ProblemError {
  return new ProblemError('not-found', `No route matches ${path.slice(0, 200)}`);
}

/** The problem for a path that supports only other methods, with an `Allow` header. */
export function wrongMethod({ httpMethod }: HttpRequest, allowed: readonly string[]): ProblemError {
  const methods = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)).join(', ');
  return new ProblemError('method-not-allowed', `This path supports ${methods}, not ${httpMethod}`, {
    headers: { Allow: methods },
  });
}

/** The method of the route that serves a request: `HEAD` is served like `GET` (RFC 9110, 9.3.2). */
export function routeMethod({ httpMethod }: HttpRequest): string {
  return httpMethod === 'HEAD' ? 'GET' : httpMethod;
}
