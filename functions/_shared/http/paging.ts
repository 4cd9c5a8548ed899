import type { APIGatewayProxyEvent } from 'aws-lambda';
import { pageSize } from '../../../core/contract/schemas/list-schemas.ts';

/** The page size; more than the most is lowered to it. */
export function readLimit(text: string | undefined): number {
  return text === undefined ? pageSize.default : Math.min(Number(text), pageSize.max);
}

/** RFC 8288 link to the next page of this very list; undefined at its end. */
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
