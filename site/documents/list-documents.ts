import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Kinds of pages that are generated, and where the menu has them. */
export type GeneratedPages = 'operations' | 'schemas' | 'problems' | 'decisions';

/** A document by its path from the root of the checkout, with its title in the menu if that is not its heading. */
export type ListedPage = string | { readonly file: string; readonly title: string };

/** Path of a listed document. */
export function fileOf(listed: ListedPage): string {
  return typeof listed === 'string' ? listed : listed.file;
}

/** A section of the menu, as `docs/pages.json` lists it. */
export interface ListedSection {
  readonly title: string;
  readonly pages: readonly ListedPage[];
  readonly generated?: readonly GeneratedPages[];
}

/** Reads the sections of the menu. */
export function listSections(root: string): readonly ListedSection[] {
  // The file is part of the checkout.
  const { sections } = JSON.parse(readFileSync(join(root, 'docs/pages.json'), 'utf8')) as {
    readonly sections: readonly ListedSection[];
  };
  return sections;
}

/** Paths of the documents in `docs/` that no section of the menu lists. */
export function unlistedDocuments(root: string, sections: readonly ListedSection[]): readonly string[] {
  const listed = new Set(sections.flatMap(({ pages }) => pages.map(fileOf)));
  return globSync('docs/**/*.md', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((file) => !listed.has(file) && !isGenerated(file))
    .sort();
}

/** Paths of the decisions from the root of the checkout, the first one first. */
export function listDecisions(root: string): readonly string[] {
  return globSync('docs/decisions/*.md', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function isGenerated(file: string): boolean {
  return file.startsWith('docs/decisions/') || file === problemTexts;
}

/** The document with a section for each problem. */
export const problemTexts = 'docs/problems.md';
