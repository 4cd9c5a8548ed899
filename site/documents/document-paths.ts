import { basename } from 'node:path';

/** Returns the path of the page for a document, by its path from the root of the checkout. */
export function pagePathOf(file: string): string {
  if (file === 'docs/README.md') return 'index';
  const inner = file.replace(/^docs\//, '').replace(/\.md$/, '');
  if (inner === 'examples/README') return 'examples/overview';
  if (basename(inner) === 'README' && inner !== 'README') return inner.replace(/\/README$/, '');
  return inner.includes('/') ? inner : inner.toLowerCase();
}
