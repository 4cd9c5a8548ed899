import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { diagramFigure } from '../diagrams/diagram.ts';
import { diagrams } from '../diagrams/diagrams.ts';
import { lifecycleDiagram } from '../diagrams/lifecycle-diagram.ts';
import { renderMarkdown } from '../markdown/render-markdown.ts';
import type { Page } from '../page.ts';
import { pagePathOf } from './document-paths.ts';
import type { SourcePages } from './source-pages.ts';

/** What the links of documents can lead to. */
export interface DocumentContext {
  readonly root: string;
  /** Documents that have a page, by their paths from the root of the checkout. */
  readonly documents: ReadonlySet<string>;
  readonly sources: SourcePages;
}

/** The pages that stand for files and folders which are no documents. */
const standIns: Readonly<Record<string, string>> = {
  'docs/decisions': 'decisions/overview',
  'docs/problems.md': 'problems/overview',
  'docs/openapi.json': 'openapi.json',
  docs: 'index',
  examples: 'examples/overview',
};

/** Creates the page of a document. Throws for a link or a picture that does not exist. */
export function documentPage(file: string, context: DocumentContext): Page {
  const text = readFileSync(join(context.root, file), 'utf8');
  const rendered = renderMarkdown(text, markdownContext(file, context));
  return { path: pagePathOf(file), ...rendered };
}

/** Returns how links and pictures of a document are resolved, for a document or a part of one. */
export function markdownContext(file: string, context: DocumentContext) {
  return {
    resolveLink: (href: string) => resolveLink(file, href, context),
    codeLink,
    picture: (source: string, text: string) => picture(posix.join(dirname(file), source), text),
    diagram: () => diagramFigure(lifecycleDiagram),
  };
}

/** Pages of the operations, by their names and by method and path, and of the problems with names that are no usual words. */
const pagesOfCode: ReadonlyMap<string, string> = new Map([
  ...routes.flatMap(({ operationId, method, path }) => [
    [operationId, `site:reference/${operationId}`] as const,
    [`${method} ${path}`, `site:reference/${operationId}`] as const,
  ]),
  ...Object.keys(problemTypes)
    .filter((slug) => slug.includes('-'))
    .map((slug) => [slug, `site:problems/${slug}`] as const),
]);

function codeLink(code: string): string | undefined {
  return pagesOfCode.get(code);
}

function resolveLink(file: string, href: string, { root, documents, sources }: DocumentContext): string {
  const [path = '', fragment] = href.split('#');
  const suffix = fragment === undefined ? '' : `#${fragment}`;
  if (path === '') return `site:${suffix}`;
  const target = posix.join(dirname(file), path).replace(/\/$/, '');
  if (documents.has(target)) return `site:${pagePathOf(target)}${suffix}`;
  const readme = `${target}/README.md`;
  const standIn = standIns[target] ?? (documents.has(readme) ? pagePathOf(readme) : undefined);
  if (standIn !== undefined) return `site:${standIn}${suffix}`;
  if (target.startsWith('..')) throw new Error(`The link ${href} of ${file} leads out of ${root}`);
  return `site:${sources.pathOf(target)}`;
}

function picture(path: string, text: string): string {
  const diagram = diagrams[path];
  if (diagram === undefined)
    throw new Error(`There is no picture ${path}: site/diagrams/diagrams.ts lists the pictures of the site`);
  return diagramFigure({ ...diagram, ...(text === '' ? {} : { title: text }) });
}
