/** `npm run docs:diagrams`: writes the pictures of the documents; with `--check`, fails if a file differs instead. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diagramFile } from './diagrams/diagram.ts';
import { diagrams } from './diagrams/diagrams.ts';

const root = join(import.meta.dirname, '..');
const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
for (const [file, diagram] of Object.entries(diagrams)) {
  const path = join(root, file);
  const text = diagramFile(diagram);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) {
    console.error(`${file} does not match the code: run \`npm run docs:diagrams\``);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}
