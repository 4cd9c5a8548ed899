import { escapeHtml } from '../html.ts';
import type { MenuItem } from '../page.ts';
import { type DocumentContext, documentPage } from './document-pages.ts';

/** The menu entry of the decisions, with a page for each below it. */
export function decisionItem(files: readonly string[], context: DocumentContext): MenuItem {
  const children = files.map((file) => documentPage(file, context));
  const list = children.map(({ path, title }) => `<li><a href="site:${path}">${escapeHtml(title)}</a></li>`);
  const page = {
    path: 'decisions/overview',
    title: 'Decisions',
    content: `<h1 id="decisions">Decisions</h1><p>Each page states a question that came up, what was decided, and what follows from it.</p><ul class="plain">${list.join('')}</ul>`,
    headings: [],
    search: [],
  };
  return { page, children };
}
