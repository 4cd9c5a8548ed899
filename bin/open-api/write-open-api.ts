/**
 * Writes docs/openapi.json from the route table. With `--check`, it fails when the committed document
 * differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from './open-api-document.ts';

const file = new URL('../../docs/openapi.json', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const text = `${JSON.stringify(openApiDocument(version), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error(
    'docs/openapi.json differs from the route table: run `npm run openapi` and commit the result',
  );
  process.exitCode = 1;
}
