import * as z from 'zod/mini';
import { type HttpRequest, header } from './api-request.ts';

/** Environment variable of every function that web pages of other origins may call. */
export const corsVariables = {
  /** Allowed origins, separated by spaces, or `*`; absent if there are none. */
  CORS_ORIGINS: z.optional(z.string()),
};

/** The headers of responses that the API documents; browsers hide all others from a web page. */
export const exposedHeaders =
  'Deprecation, ETag, Idempotency-Replayed, Link, Location, Preference-Applied, Retry-After, WWW-Authenticate, x-request-id';

/**
 * The headers by which a browser lets the web page of an allowed origin read a response; `origins` is the
 * value of `CORS_ORIGINS`. The routes of workers, which are no web pages, have none. Keys are sent in headers
 * that a page sets itself, so `Access-Control-Allow-Credentials`, which is for cookies, is never needed.
 * https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS
 */
export function corsHeaders(event: HttpRequest, origins = ''): Readonly<Record<string, string>> {
  const origin = allowedOrigin(event, origins);
  return {
    ...(origin && { 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': exposedHeaders }),
    ...(origins && origins !== '*' && { Vary: 'Origin' }),
  };
}

/** The value of `Access-Control-Allow-Origin` for a request; undefined if its origin is not allowed. */
export function allowedOrigin(event: HttpRequest, origins = ''): string | undefined {
  if (event.path.startsWith('/v1/worker/')) return undefined;
  if (origins === '*') return origins;
  return origins.split(' ').find((origin) => origin !== '' && origin === header(event, 'origin'));
}
