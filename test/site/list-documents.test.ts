import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { documentPage } from '../../site/documents/document-pages.ts';
import { listSections, unlistedDocuments } from '../../site/documents/list-documents.ts';
import { sourcePages } from '../../site/documents/source-pages.ts';
import { problemItem } from '../../site/problems/problem-pages.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'errand-site-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

const context = () => ({ root, documents: new Set(['docs/a.md', 'docs/b.md']), sources: sourcePages(root) });

test('a document that the menu lacks is reported', () => {
  write('docs/pages.json', JSON.stringify({ sections: [{ title: 'All', pages: ['docs/a.md'] }] }));
  write('docs/a.md', '# A\n');
  write('docs/decisions/0001-one.md', '# 1. One\n');
  const sections = listSections(root);
  expect(unlistedDocuments(root, sections)).toEqual([]);
  write('docs/guides/b.md', '# B\n');
  expect(unlistedDocuments(root, sections)).toEqual(['docs/guides/b.md']);
});

test('a link to a document leads to its page, and a link to a file to a page with its text', () => {
  write('code/run.ts', 'const a = 1;\n');
  write('docs/a.md', '# A\n\n[b](b.md#part) and [code](../code/run.ts) and [here](#a)\n');
  const used = context();
  const { content } = documentPage('docs/a.md', used);
  expect(content).toContain('href="site:b#part"');
  expect(content).toContain('href="site:source/code/run.ts"');
  expect(content).toContain('href="site:#a"');
  const [source] = used.sources.pages();
  expect(source?.path).toBe('source/code/run.ts');
  expect(source?.content).toContain('hljs-keyword');
});

test.each([
  ['[gone](../code/gone.ts)', 'code/gone.ts does not exist'],
  ['[out](../../outside.md)', 'leads out of'],
  ['![gone](gone.svg)', 'There is no picture docs/gone.svg'],
])('the document with %s cannot be built', (text, reason) => {
  write('docs/a.md', `# A\n\n${text}\n`);
  expect(() => documentPage('docs/a.md', context())).toThrow(reason);
});

test('a problem without a text is reported, and a text without a problem', () => {
  write('docs/problems.md', '# Problems\n\n## `invalid-json`\n\nText\n');
  expect(() => problemItem(context())).toThrow(
    'docs/problems.md has no section for the problem invalid-request',
  );
  write('docs/problems.md', '# Problems\n\n## `no-such-problem`\n\nText\n');
  expect(() => problemItem(context())).toThrow(
    'docs/problems.md describes unknown problems: no-such-problem',
  );
});
