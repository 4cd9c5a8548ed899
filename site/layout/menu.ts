import { escapeHtml } from '../html.ts';
import type { MenuItem, MenuSection, Page } from '../page.ts';

/** Returns the menu; of the entries below others, only those around the current page are in it. */
export function menu(current: Page, sections: readonly MenuSection[]): string {
  return sections.map((section) => sectionHtml(current, section)).join('\n');
}

function sectionHtml(current: Page, { title, items }: MenuSection): string {
  const entries = items.map((item) => itemHtml(current, item)).join('');
  return `<h2>${escapeHtml(title)}</h2><ul>${entries}</ul>`;
}

function itemHtml(current: Page, { page, children = [] }: MenuItem): string {
  const isOpen = page === current || children.includes(current);
  const below = isOpen ? children.map((child) => `<li>${link(current, child)}</li>`).join('') : '';
  return `<li>${link(current, page)}${below === '' ? '' : `<ul>${below}</ul>`}</li>`;
}

function link(current: Page, page: Page): string {
  const mark = page === current ? ' aria-current="page"' : '';
  return `<a href="site:${page.path}"${mark}>${escapeHtml(page.menuTitle ?? page.title)}</a>`;
}
