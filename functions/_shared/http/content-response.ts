import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { redirectQuery } from '../../../core/contract/schemas/data-schemas.ts';
import type { ContentUrl } from '../../../core/data/content-url.ts';
import { readQuery } from './api-request.ts';
import { emptyResponse, jsonResponse } from './responses.ts';

/** Whether the caller wants to be redirected to content, and not to get its URL. Throws `invalid-request`. */
export function wantsRedirect(event: APIGatewayProxyEvent): boolean {
  return readQuery(event, redirectQuery).redirect !== 'false';
}

/** A redirect to content or, for clients such as web pages that cannot follow it, a body with the URL. */
export function contentResponse(
  { url, expiresAt }: ContentUrl,
  redirects: boolean,
  headers: Readonly<Record<string, string | undefined>> = {},
): APIGatewayProxyResult {
  return redirects
    ? emptyResponse(303, { Location: url, ...headers })
    : jsonResponse(200, { url, expiresAt }, headers);
}
