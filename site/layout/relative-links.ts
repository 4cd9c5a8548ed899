import { type Page, relativeUrl } from '../page.ts';

/** The IDs in each page, by its path; an asset has none. */
export type LinkTargets = ReadonlyMap<string, ReadonlySet<string>>;

/** The HTML of a page with relative URLs, and a message for each link that leads nowhere. */
export interface LinkedHtml {
  readonly html: string;
  readonly broken: readonly string[];
}

/** Replaces the `site:` links in the HTML of a page by relative URLs. */
export function relativeLinks(html: string, page: Page, targets: LinkTargets): LinkedHtml {
  const broken: string[] = [];
  const linked = html.replaceAll(/(?<=(?:href|src)=")site:[^"]*(?=")/g, (link) => {
    const [path = '', id = ''] = link.slice('site:'.length).split('#');
    const to = path === '' ? page.path : path;
    const ids = targets.get(to);
    if (ids === undefined) broken.push(`${page.path}: the page ${to} does not exist`);
    else if (id !== '' && !ids.has(decodeURIComponent(id)))
      broken.push(`${page.path}: the page ${to} has no heading #${id}`);
    const fragment = id === '' ? '' : `#${id}`;
    return to === page.path && id !== '' ? fragment : `${relativeUrl(page.path, to)}${fragment}`;
  });
  return { html: linked, broken };
}

/** Collects what links may lead to. */
export function linkTargets(pages: readonly Page[], assets: readonly string[]): LinkTargets {
  const ofPages = pages.map(
    ({ path, content }) =>
      [path, new Set([...content.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id))] as const,
  );
  return new Map([...ofPages, ...assets.map((path) => [path, new Set<string>()] as const)]);
}
