import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assetFiles } from './assets/asset-files.ts';
import { decisionItem } from './documents/decision-item.ts';
import { type DocumentContext, documentPage } from './documents/document-pages.ts';
import {
  fileOf,
  type GeneratedPages,
  type ListedPage,
  listDecisions,
  listSections,
  unlistedDocuments,
} from './documents/list-documents.ts';
import { sourcePages } from './documents/source-pages.ts';
import { pageHtml } from './layout/page-html.ts';
import { linkTargets, relativeLinks } from './layout/relative-links.ts';
import type { MenuItem, MenuSection, Page, SiteFile } from './page.ts';
import { problemItem } from './problems/problem-pages.ts';
import { readOpenApi } from './reference/open-api.ts';
import { operationItems, schemaItem } from './reference/reference-pages.ts';
import { searchIndex } from './search/search-index.ts';

const root = join(import.meta.dirname, '..');
const htmlType = 'text/html; charset=utf-8';

/** A built site. */
export interface Site {
  readonly files: readonly SiteFile[];
  /**
   * What an author has to correct: links to pages or headings that do not exist, and documents that the menu lacks. The site can be
   * served nevertheless, so that a document that is being written does not prevent the start of a service.
   */
  readonly faults: readonly string[];
}

/**
 * Builds the documentation site from the documents and the code of this checkout. Throws for a link to a file that does not exist,
 * and for a problem without a text.
 */
export async function buildSite(): Promise<Site> {
  const listed = listSections(root);
  const unlisted = unlistedDocuments(root, listed);
  const decisions = listDecisions(root);
  const sources = sourcePages(root);
  const documents = new Set([...listed.flatMap(({ pages }) => pages.map(fileOf)), ...unlisted, ...decisions]);
  const context: DocumentContext = { root, documents, sources };
  const api = readOpenApi(root);
  const generated: Readonly<Record<GeneratedPages, () => readonly MenuItem[]>> = {
    operations: () => operationItems(api),
    schemas: () => [schemaItem(api)],
    problems: () => [problemItem(context)],
    decisions: () => [decisionItem(decisions, context)],
  };
  const sections: readonly MenuSection[] = listed.map(({ title, pages, generated: kinds = [] }) => ({
    title,
    items: [
      ...pages.map((page) => ({ page: listedPage(page, context) })),
      ...kinds.flatMap((kind) => generated[kind]()),
    ],
  }));
  const order = sections.flatMap(({ items }) =>
    items.flatMap(({ page, children = [] }) => [page, ...children]),
  );
  const others = unlisted.map((file) => documentPage(file, context));
  const { files, faults } = await filesOf({
    sections,
    order,
    others: [notFoundPage, ...others, ...sources.pages()],
  });
  const missing = unlisted.map(
    (file) => `docs/pages.json does not list ${file}: add it to a section of the menu`,
  );
  return { files, faults: [...missing, ...faults] };
}

function listedPage(listed: ListedPage, context: DocumentContext): Page {
  const page = documentPage(fileOf(listed), context);
  return typeof listed === 'string' ? page : { ...page, menuTitle: listed.title };
}

interface SitePages {
  readonly sections: readonly MenuSection[];
  /** All pages of the menu in its order. */
  readonly order: readonly Page[];
  /** Pages that are not in the menu. */
  readonly others: readonly Page[];
}

async function filesOf({ sections, order, others }: SitePages): Promise<Site> {
  const assets = [
    ...(await assetFiles()),
    { path: 'assets/search.json', mediaType: 'application/json', text: searchIndex(order) },
    {
      path: 'openapi.json',
      mediaType: 'application/json',
      text: readFileSync(join(root, 'docs/openapi.json'), 'utf8'),
    },
  ];
  const pages = [...order, ...others];
  const targets = linkTargets(
    pages,
    assets.map(({ path }) => path),
  );
  const linked = pages.map((page) => ({
    page,
    ...relativeLinks(pageHtml(page, { sections, order }), page, targets),
  }));
  const pageFiles = linked.map(({ page, html: text }) => ({
    path: page.path === 'index' ? '' : page.path,
    mediaType: htmlType,
    text,
  }));
  requireDifferentPaths([...pageFiles, ...assets]);
  return { files: [...pageFiles, ...assets], faults: linked.flatMap((one) => one.broken) };
}

/** The function that serves the site replaces the root, because the page is served below any path. */
const notFoundPage: Page = {
  path: '404',
  title: 'Page not found',
  content:
    '<h1 id="not-found">Page not found</h1><p>There is no page at this address. Search for it above, or start at the <a href="site:index">first page</a>.</p>',
  headings: [],
  search: [],
};

function requireDifferentPaths(files: readonly SiteFile[]): void {
  const seen = new Set<string>();
  for (const { path } of files) {
    if (seen.has(path)) throw new Error(`Two pages have the path ${path}`);
    seen.add(path);
  }
}
