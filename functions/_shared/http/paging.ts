import type { APIGatewayProxyEvent } from 'aws-lambda';
import { pageSize } from '../../../core/contract/schemas/list-schemas.ts';

/** The page size in items, reduced to the maximum if necessary. */
export function readLimit(text: string | undefined): number {
  return text === undefined ? pageSize.default : Math.min(Number(text), pageSize.max);
}

/** Link to the next page of the same list (RFC 8288); undefined on the last page. */
export function nextLink(
  event: APIGatewayProxyEvent,
  baseUrl: string,
  nextCursor: string | undefined,
): string | undefined {
  if (nextCursor === undefined) return undefined;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(event.queryStringParameters ?? {})) query.set(name, value ?? '');
  query.set('cursor', nextCursor);
  return `<${baseUrl}${event.path}?${query}>; rel="next"`;
}
