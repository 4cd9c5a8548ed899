import { globSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { escapeHtml } from '../html.ts';
import { codeBlock } from '../markdown/highlight.ts';
import type { Page } from '../page.ts';

/** Collects the files and folders of the checkout that documents link to, so that the site has a page for each. */
export interface SourcePages {
  /** Returns the path of the page for a file or folder; throws if it does not exist. */
  readonly pathOf: (file: string) => string;
  /** All pages that were requested. */
  readonly pages: () => readonly Page[];
}

/** Creates the collection for a checkout. */
export function sourcePages(root: string): SourcePages {
  const requested = new Set<string>();
  return {
    pathOf: (file) => {
      const name = file.replace(/\/$/, '');
      if (statSync(join(root, name), { throwIfNoEntry: false }) === undefined)
        throw new Error(`${file} does not exist`);
      requested.add(name);
      return `source/${name}`;
    },
    pages: () => [...requested].sort().map((file) => sourcePage(root, file)),
  };
}

function sourcePage(root: string, file: string): Page {
  const isFolder = statSync(join(root, file)).isDirectory();
  const files = isFolder ? filesIn(root, file) : [file];
  const parts = files.map((name) => {
    const heading = isFolder
      ? `<h2 id="${escapeHtml(name)}"><code>${escapeHtml(name.slice(file.length + 1))}</code></h2>`
      : '';
    return heading + codeBlock(readFileSync(join(root, name), 'utf8'), languageOf(name));
  });
  return {
    path: `source/${file}`,
    title: file,
    content: `<h1><code>${escapeHtml(file)}</code></h1>${parts.join('')}`,
    headings: [],
    search: [],
  };
}

function filesIn(root: string, folder: string): readonly string[] {
  return globSync(`${folder}/**/*.{ts,py,json,mjs,md,txt,toml}`, {
    cwd: root,
    exclude: ['**/node_modules/**', '**/cdk.out/**', '**/package-lock.json'],
  })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

function languageOf(file: string): string {
  return file.endsWith('Dockerfile') ? 'dockerfile' : extname(file).slice(1);
}
