import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProblemSlug, problemTypes, problemUri } from '../../core/contract/problems/problem-types.ts';
import { problemsOf } from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { type DocumentContext, markdownContext } from '../documents/document-pages.ts';
import { problemTexts } from '../documents/list-documents.ts';
import { escapeHtml } from '../html.ts';
import { renderMarkdown } from '../markdown/render-markdown.ts';
import type { MenuItem, Page } from '../page.ts';
import { operationPath, operationTitle } from '../reference/operation-page.ts';

const slugs = Object.keys(problemTypes) as readonly ProblemSlug[]; // keys of a const object

/** The menu entry of the problems, with a page for each below it. Throws if the document lacks one or describes an unknown one. */
export function problemItem(context: DocumentContext): MenuItem {
  const texts = textsOf(readFileSync(join(context.root, problemTexts), 'utf8'));
  const unknown = [...texts.keys()].filter((slug) => slug !== '' && !(slug in problemTypes));
  if (unknown.length > 0)
    throw new Error(`${problemTexts} describes unknown problems: ${unknown.join(', ')}`);
  const children = slugs.map((slug) => {
    const text = texts.get(slug);
    if (text === undefined) throw new Error(`${problemTexts} has no section for the problem ${slug}`);
    return problemPage({ slug, text }, context);
  });
  return { page: overviewPage(texts.get('') ?? '', context), children };
}

/** The sections of the document by slug, and its introduction by the empty text. */
function textsOf(document: string): ReadonlyMap<string, string> {
  const [introduction = '', ...sections] = document.split(/^## `?/m);
  const named = sections.map((section) => {
    const [head = '', ...lines] = section.split('\n');
    return [head.replace(/`$/, ''), lines.join('\n')] as const;
  });
  return new Map([['', introduction], ...named]);
}

function problemPage(
  { slug, text }: { readonly slug: ProblemSlug; readonly text: string },
  context: DocumentContext,
): Page {
  const { status, title } = problemTypes[slug];
  const rendered = renderMarkdown(text, markdownContext(problemTexts, context));
  const operations = routes.filter((route) => problemsOf(route).some((one) => one === slug));
  const links = operations.map(
    (route) =>
      `<li><a href="site:${operationPath(route)}">${operationTitle(route)}</a> <code>${route.method} ${escapeHtml(route.path)}</code></li>`,
  );
  const list = `<h2 id="operations">Operations that return it</h2><ul>${links.join('')}</ul>`;
  return {
    path: `problems/${slug}`,
    title,
    menuTitle: slug,
    content: `<h1 id="${slug}">${escapeHtml(title)}</h1><dl class="facts"><dt>Problem</dt><dd><code>${slug}</code></dd><dt>Status</dt><dd><span class="status">${status}</span></dd><dt>Type</dt><dd><code>${problemUri(slug)}</code></dd></dl>${rendered.content.replaceAll('<blockquote>', '<blockquote class="detail">')}${links.length === 0 ? '' : list}`,
    headings: [],
    search: [{ id: '', heading: slug, text: `${status} ${plainText(text)}` }],
  };
}

/** Markdown without its marks and the addresses of its links. */
function plainText(markdown: string): string {
  return markdown
    .replaceAll(/\]\([^)]*\)/g, '')
    .replaceAll(/[[*`>\s]+/g, ' ')
    .trim();
}

function overviewPage(introduction: string, context: DocumentContext): Page {
  const rendered = renderMarkdown(introduction, markdownContext(problemTexts, context));
  const rows = slugs.map(
    (slug) =>
      `<tr><td><span class="status">${problemTypes[slug].status}</span></td><td><a href="site:problems/${slug}"><code>${slug}</code></a></td><td>${escapeHtml(problemTypes[slug].title)}</td></tr>`,
  );
  return {
    ...rendered,
    path: 'problems/overview',
    content: `${rendered.content}<div class="table"><table><thead><tr><th>Status</th><th>Problem</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  };
}
