import { expect } from 'vitest';
import type { OperationId } from '../../../core/contract/routes/routes.ts';
import { expectDocumented } from './expect-documented.ts';
import type { TestErrand } from './local-errand.ts';

/** Pages that are read at most, so that a list without an end fails its test. */
const mostPages = 200;

export interface Page {
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into items of every shape
  readonly items: readonly any[];
}

/**
 * Reads a list by its `Link` headers to the end. Checks that link and `nextCursor` agree; `onPage` runs between
 * two pages.
 */
export async function followPages(
  errand: Pick<TestErrand, 'call' | 'url'>,
  { path, operationId }: { readonly path: string; readonly operationId: OperationId },
  onPage: (page: Page) => Promise<unknown> | undefined = () => undefined,
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const response = expectDocumented(await errand.call(next), operationId);
    expect(response.status).toBe(200);
    pages.push(response.body);
    expect(pages.length).toBeLessThan(mostPages);
    next = nextOf(response.headers.get('link'), errand.url);
    expect(next === undefined).toBe(response.body.nextCursor === undefined);
    if (next === undefined) break;
    expect(new URLSearchParams(next.split('?')[1]).get('cursor')).toBe(response.body.nextCursor);
    await onPage(response.body);
  }
  return pages;
}

function nextOf(link: string | null, url: string): string | undefined {
  if (link === null) return undefined;
  const target = /^<([^>]+)>; rel="next"$/.exec(link)?.[1];
  expect(target?.startsWith(`${url}/v1/`), link).toBe(true);
  return target?.slice(url.length);
}
