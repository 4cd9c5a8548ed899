import { pageSize } from '../../../core/contract/schemas/list-schemas.ts';
import type { HttpRequest } from './api-request.ts';

/** The page size in items, reduced to the maximum if necessary. */
export function readLimit(text: string | undefined): number {
  return text === undefined ? pageSize.default : Math.min(Number(text), pageSize.max);
}

/** Link to the next page of the same list (RFC 8288); undefined on the last page. */
export function nextLink(
  event: HttpRequest,
  baseUrl: string,
  nextCursor: string | undefined,
): string | undefined {
  if (nextCursor === undefined) return undefined;
  const query = new URLSearchParams();
  for (const [name, values = []] of Object.entries(event.multiValueQueryStringParameters ?? {}))
    query.set(name, values.at(-1) ?? '');
  query.set('cursor', nextCursor);
  return `<${baseUrl}${event.path}?${query}>; rel="next"`;
}
