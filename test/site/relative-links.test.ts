import { describe, expect, test } from 'vitest';
import { linkTargets, relativeLinks } from '../../site/layout/relative-links.ts';
import type { Page } from '../../site/page.ts';

function aPage(path: string, content = ''): Page {
  return { path, title: path, content, headings: [], search: [] };
}

const pages = [aPage('index'), aPage('guides/api', '<h2 id="lists">Lists</h2>'), aPage('guides/data')];
const targets = linkTargets(pages, ['assets/site.css']);
const linkIn = (page: Page, link: string) => relativeLinks(`<a href="${link}">`, page, targets);

describe('a link between pages', () => {
  test.each([
    ['index', 'site:guides/api#lists', './guides/api#lists'],
    ['guides/data', 'site:guides/api#lists', '../guides/api#lists'],
    ['guides/data', 'site:index', '../'],
    ['index', 'site:assets/site.css', './assets/site.css'],
    ['guides/api', 'site:#lists', '#lists'],
  ])('of %s to %s is relative', (path, link, url) => {
    expect(linkIn(aPage(path), link)).toEqual({ html: `<a href="${url}">`, broken: [] });
  });

  test.each([
    ['site:guides/none', 'the page guides/none does not exist'],
    ['site:guides/api#none', 'the page guides/api has no heading #none'],
    ['site:#lists', 'the page guides/data has no heading #lists'],
  ])('to %s is reported as broken', (link, reason) => {
    expect(linkIn(aPage('guides/data'), link).broken).toEqual([`guides/data: ${reason}`]);
  });

  test('to another site stays as it is', () => {
    expect(linkIn(aPage('index'), 'https://example.com/#x').html).toBe('<a href="https://example.com/#x">');
  });
});
