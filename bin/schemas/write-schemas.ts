/**
 * Writes package/service.schema.json from the schema of the manifest. With `--check`, it fails when the committed file
 * differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { serviceSchema } from './service-schema.ts';

const file = new URL('../../package/service.schema.json', import.meta.url);
const text = `${JSON.stringify(serviceSchema(), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error(
    'package/service.schema.json differs from manifest/: run `npm run schema` and commit the result',
  );
  process.exitCode = 1;
}
