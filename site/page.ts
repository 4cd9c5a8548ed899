/** A heading of a page; its ID is the fragment of its URL. */
export interface Heading {
  readonly id: string;
  readonly text: string;
  /** 1 to 6. */
  readonly level: number;
}

/** A part of a page that the search can find. */
export interface SearchSection {
  /** Fragment of the URL; empty for the start of the page. */
  readonly id: string;
  readonly heading: string;
  readonly text: string;
}

/**
 * A page of the site. In its content, links to other pages have the form `site:guides/api#lists`; the layout replaces them by
 * relative URLs.
 */
export interface Page {
  /** Path below the root of the site without an extension, such as `guides/api`; `index` for the first page. */
  readonly path: string;
  readonly title: string;
  /** Shorter title for the menu, if any. */
  readonly menuTitle?: string;
  /** HTML of the article. */
  readonly content: string;
  readonly headings: readonly Heading[];
  readonly search: readonly SearchSection[];
}

/** An entry of the menu; the entries below it are shown while one of them, or the entry itself, is the current page. */
export interface MenuItem {
  readonly page: Page;
  readonly children?: readonly Page[];
}

/** A section of the menu. */
export interface MenuSection {
  readonly title: string;
  readonly items: readonly MenuItem[];
}

/** A file of the built site. */
export interface SiteFile {
  /** Path below the root of the site as it is requested, such as `guides/api`, `assets/site.css`; empty for the first page. */
  readonly path: string;
  readonly mediaType: string;
  readonly text: string;
}

/** Returns the relative URL of a page or an asset from another page. */
export function relativeUrl(from: string, to: string): string {
  return `${rootOf(from)}${to === 'index' ? '' : to}`;
}

/** Returns the relative URL of the root of the site from a page, with a trailing slash. */
export function rootOf(path: string): string {
  return '../'.repeat(path.split('/').length - 1) || './';
}
