import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readDocument } from './markdown.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name === 'cdk.out',
}).sort();
const decisions = documents.filter((path) => path.startsWith('docs/decisions/'));

/** Links of a document to files of the checkout. */
function links(path: string): readonly string[] {
  const text = readDocument(path).replaceAll(/^```.*?^```$/gms, '');
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !/^https?:/.test(to));
}

describe('the documents', () => {
  test('are complete', () => {
    for (const path of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'docs/ARCHITECTURE.md'])
      expect(documents).toContain(path);
    expect(decisions.length).toBeGreaterThanOrEqual(11);
  });

  test.each(documents)('have no dead link in %s', (path) => {
    const base = new URL(path, new URL('../../', import.meta.url));
    const dead = links(path).filter((to) => !existsSync(new URL(to, base)));
    expect(dead).toEqual([]);
  });
});

describe('the decisions', () => {
  test('are numbered without gaps', () => {
    const numbers = decisions.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test.each(decisions)('describe context, decision and consequences in %s', (path) => {
    const heads = [...readDocument(path).matchAll(/^## (.*)$/gm)].map(([, head]) => head);
    expect(heads.slice(0, 3)).toEqual(['Context', 'Decision', 'Consequences']);
  });
});
