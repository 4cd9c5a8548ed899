import MiniSearch from 'minisearch';
import type { Page } from '../page.ts';
import { searchOptions } from './search-options.ts';

/** Length of the text that a result shows. */
const excerptLength = 110;

/** Returns the search index of all pages as JSON, as the script of the pages reads it. */
export function searchIndex(pages: readonly Page[]): string {
  const index = new MiniSearch(searchOptions);
  const sections = pages.flatMap((page) =>
    page.search.map(({ id, heading, text }) => ({
      title: page.title,
      heading: heading === page.title ? '' : heading,
      text,
      excerpt: excerptOf(text),
      url: `${page.path === 'index' ? '' : page.path}${id === '' ? '' : `#${id}`}`,
    })),
  );
  index.addAll(sections.map((section, id) => ({ id, ...section })));
  return JSON.stringify(index);
}

function excerptOf(text: string): string {
  if (text.length <= excerptLength) return text;
  return `${text.slice(0, text.lastIndexOf(' ', excerptLength))} …`;
}
