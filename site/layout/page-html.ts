import { escapeHtml } from '../html.ts';
import { type MenuSection, type Page, rootOf } from '../page.ts';
import { menu } from './menu.ts';

/** What all pages share. */
export interface SiteFrame {
  readonly sections: readonly MenuSection[];
  /** All pages of the menu in the order of their links to the previous and the next page. */
  readonly order: readonly Page[];
}

/** Returns the HTML document of a page, with `site:` links. */
export function pageHtml(page: Page, frame: SiteFrame): string {
  const contents = page.headings.filter(({ level }) => level === 2);
  const section = frame.sections.find(({ items }) =>
    items.some((item) => item.page === page || item.children?.includes(page)),
  );
  const title = page.path === 'index' ? 'Errand' : `${page.title} · Errand`;
  return `<!doctype html>
<html lang="en" data-root="${rootOf(page.path)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="site:assets/site.css">
<link rel="icon" type="image/svg+xml" href="site:assets/icon.svg">
<script src="site:assets/site.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<a class="menu-button" href="#menu" aria-controls="menu">Menu</a>
<a class="brand" href="site:index">${brandMark}<span>Errand</span></a>
<div class="search" role="search" hidden></div>
<button class="theme" type="button" hidden></button>
</header>
<div class="columns${contents.length > 1 ? ' with-contents' : ''}">
<nav class="menu" id="menu" aria-label="Pages">
${menu(page, frame.sections)}
</nav>
<main id="content" tabindex="-1">
${section === undefined ? '' : `<p class="crumb">${escapeHtml(section.title)}</p>`}
<article>
${page.content}
</article>
${neighbours(page, frame.order)}
</main>
${contents.length > 1 ? onThisPage(page) : ''}
</div>
</body>
</html>
`;
}

const brandMark =
  '<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><rect width="24" height="24" rx="6" class="mark"/><path d="M6 8h8M6 12h5M6 16h8" class="mark-line"/><path d="m14.5 9 3.5 3-3.5 3" class="mark-line"/></svg>';

function onThisPage({ headings }: Page): string {
  const items = headings
    .filter(({ level }) => level === 2)
    .map(({ id, text }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`);
  return `<nav class="contents" aria-label="On this page"><p>On this page</p><ul>${items.join('')}</ul></nav>`;
}

function neighbours(page: Page, order: readonly Page[]): string {
  const position = order.indexOf(page);
  if (position === -1) return '';
  const link = (neighbour: Page | undefined, relation: 'prev' | 'next') =>
    neighbour === undefined
      ? '<span></span>'
      : `<a rel="${relation}" href="site:${neighbour.path}"><small>${relation === 'prev' ? 'Previous' : 'Next'}</small>${escapeHtml(neighbour.menuTitle ?? neighbour.title)}</a>`;
  return `<nav class="neighbours" aria-label="Previous and next page">${link(order[position - 1], 'prev')}${link(order[position + 1], 'next')}</nav>`;
}
