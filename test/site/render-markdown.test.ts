import { describe, expect, test } from 'vitest';
import { renderMarkdown } from '../../site/markdown/render-markdown.ts';

const context = {
  resolveLink: (href: string) => `site:${href}`,
  codeLink: (code: string) => (code === 'getJob' ? 'site:reference/getJob' : undefined),
  picture: (source: string) => `[picture ${source}]`,
  diagram: () => '[diagram]',
};
const render = (text: string) => renderMarkdown(text, context);

describe('a document', () => {
  test('has the title of its first heading, and headings with the fragments that GitHub forms', () => {
    const { title, headings, content } = render(
      '# A `b`\n\n## Retries, and *more*\n\n## Größe\n\n## Größe\n',
    );
    expect(title).toBe('A b');
    expect(headings.map(({ id, level }) => [id, level])).toEqual([
      ['a-b', 1],
      ['retries-and-more', 2],
      ['größe', 2],
      ['größe-1', 2],
    ]);
    expect(content).toContain('<h2 id="größe-1">');
  });

  test('is searched by its sections', () => {
    const { search } = render('# Title\n\nFirst\nlines.\n\n## Part\n\n- `one`\n- two\n');
    expect(search).toEqual([
      { id: '', heading: 'Title', text: 'First lines.' },
      { id: 'part', heading: 'Part', text: 'one two' },
    ]);
  });

  test('has its links resolved, except those to other sites', () => {
    const { content } = render('[a](other.md#b) and [c](https://example.com)');
    expect(content).toContain('href="site:other.md#b"');
    expect(content).toContain('href="https://example.com"');
  });

  test('leads from the name of an operation to its page, unless the name is part of a link', () => {
    const { content } = render('`getJob`, `other` and [`getJob`](a.md) `getJob`');
    expect(content).toContain('<a href="site:reference/getJob"><code>getJob</code></a>, <code>other</code>');
    expect(content).toContain('<a href="site:a.md"><code>getJob</code></a>');
    expect(content.match(/site:reference/g)).toHaveLength(2);
  });

  test('shows HTML as text', () => {
    expect(render('<script>alert(1)</script>').content).toContain('&lt;script&gt;');
  });

  test('has highlighted code, and code of unknown languages as it is', () => {
    expect(render('```ts\nconst a = 1;\n```\n').content).toContain('<span class="hljs-keyword">const</span>');
    const { content } = render('```text\na < b\n```\n');
    expect(content).toContain('<code>a &lt; b\n</code>');
  });

  test('has pictures and diagrams of the site', () => {
    const { content } = render('![x](y.svg)\n\n```mermaid\nstateDiagram-v2\n```\n');
    expect(content).toContain('[picture y.svg]');
    expect(content).toContain('[diagram]');
  });
});
