import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { problemTypes, problemUri } from '../../core/contract/problems/problem-types.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { docsContent } from '../../infra/bundling/docs-content.ts';
import { buildSite } from '../../site/build-site.ts';
import type { SiteFile } from '../../site/page.ts';

let files: ReadonlyMap<string, SiteFile>;
let pages: readonly SiteFile[];
let faults: readonly string[];
beforeAll(async () => {
  const site = await buildSite();
  faults = site.faults;
  files = new Map(site.files.map((file) => [file.path, file]));
  pages = [...files.values()].filter(({ mediaType }) => mediaType.startsWith('text/html'));
});

const root = 'https://docs.example/a/prefix/';
const attributes = (text: string, name: string) =>
  [...text.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

/** Every problem of the site that a function finds in a page. */
function findings(find: (page: SiteFile) => readonly string[]): readonly string[] {
  return pages.flatMap((page) => find(page).map((finding) => `${page.path}: ${finding}`));
}

describe('the documentation site', () => {
  test('has no broken link, and all documents in its menu', () => {
    expect(faults).toEqual([]);
  });

  test('has more than 200 pages, each with one main heading and a title', () => {
    expect(pages.length).toBeGreaterThan(200);
    expect(findings(({ text }) => ((text.match(/<h1[ >]/g)?.length ?? 0) === 1 ? [] : ['h1']))).toEqual([]);
    expect(findings(({ text }) => (/<title>[^<]+<\/title>/.test(text) ? [] : ['no title']))).toEqual([]);
  });

  test('has only links and assets that exist, wherever it is served', () => {
    const dead = findings(({ path, text }) =>
      [...attributes(text, 'href'), ...attributes(text, 'src')].filter((link) => {
        if (/^https?:/.test(link)) return false;
        const { href, hash } = new URL(link, `${root}${path}`);
        if (!href.startsWith(root)) return true;
        const target = files.get(href.slice(root.length).replace(/#.*/, ''));
        const id = decodeURIComponent(hash.slice(1));
        return target === undefined || (id !== '' && !target.text.includes(` id="${id}"`));
      }),
    );
    expect(dead).toEqual([]);
  });

  test('loads nothing from elsewhere, and has no inline scripts and styles, which its policy forbids', () => {
    const loaded = findings(({ text }) => {
      const tags = text.match(/<(?:script|link|img|iframe|source|object|embed)\b[^>]*>/g) ?? [];
      return tags.filter((tag) => /(?:href|src)="(?:https?:)?\/\//.test(tag));
    });
    expect(loaded).toEqual([]);
    expect(
      findings(({ text }) => text.match(/<script(?! src=)[^>]*>|<style|\sstyle="|\son\w+="/g) ?? []),
    ).toEqual([]);
  });

  test('has each ID once in a page', () => {
    const repeated = findings(({ text }) => {
      const ids = attributes(text, 'id');
      return ids.filter((id, index) => ids.indexOf(id) !== index && id !== 'arrow');
    });
    expect(repeated).toEqual([]);
  });

  test('is small: each page has at most 100 KB compressed, and all content of the function at most 1.5 MB', async () => {
    const sizes = findings(({ text }) => (gzipSync(text).length > 100_000 ? ['too large'] : []));
    expect(sizes).toEqual([]);
    expect((await docsContent()).contents.length).toBeLessThan(1_500_000);
    const script = files.get('assets/site.js')?.text ?? '';
    expect(brotliCompressSync(script).length).toBeLessThan(12_000);
  });

  test('has a page for each operation, with its path and its problems', () => {
    for (const { operationId, path, problems } of routes) {
      const page = files.get(`reference/${operationId}`)?.text ?? '';
      expect(page.replaceAll('<wbr>', ''), operationId).toContain(`<code>${path}</code>`);
      for (const slug of problems) expect(page, operationId).toContain(`href="../problems/${slug}"`);
    }
  });

  test('has a page for each schema of the OpenAPI document', () => {
    const document = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'));
    const names = Object.keys(document.components.schemas);
    expect(names.length).toBeGreaterThan(30);
    expect(names.filter((name) => !files.has(`schemas/${name}`))).toEqual([]);
  });

  test.each(Object.entries(problemTypes))(
    'describes the problem %s at the path of its type',
    (slug, { status }) => {
      const { pathname } = new URL(problemUri(slug));
      const page = files.get(pathname.slice(1))?.text ?? '';
      expect(page).toContain(`<span class="status">${status}</span>`);
      expect(page).toContain('<strong>What to do:</strong>');
    },
  );

  test('leads from a problem to the operations that return it', () => {
    expect(files.get('problems/parent-ended')?.text).toContain('href="../reference/submitJob"');
    expect(files.get('problems/parent-ended')?.text).not.toContain('href="../reference/getHealth"');
  });

  test('draws the states of a job instead of showing the source of the diagram', () => {
    const guide = files.get('guides/lifecycle')?.text ?? '';
    expect(guide).toContain('<title>The life of a job</title>');
    expect(guide).not.toContain('stateDiagram');
  });

  test('is the same in each build, so that a deployment without a change of the documents changes nothing', async () => {
    const [one, other] = [await docsContent(), await docsContent()];
    expect(Buffer.from(one.contents).equals(Buffer.from(other.contents))).toBe(true);
  });
});
