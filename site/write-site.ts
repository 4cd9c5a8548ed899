/** `npm run docs`: builds the documentation site into `dist/docs`, for any server of static files. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSite } from './build-site.ts';

const destination = join(import.meta.dirname, '..', 'dist', 'docs');
const { files, faults } = await buildSite();
if (faults.length > 0) throw new Error(`The documents have faults:\n${faults.join('\n')}`);
rmSync(destination, { recursive: true, force: true });
for (const { path, mediaType, text } of files) {
  const name = path === '' ? 'index.html' : mediaType.startsWith('text/html') ? `${path}.html` : path;
  const file = join(destination, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`Wrote ${files.length} files to ${destination}`);
