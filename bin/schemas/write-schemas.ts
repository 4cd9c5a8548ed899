/**
 * Writes the JSON Schemas of the package: of a manifest, and of an event. With `--check`, it fails when a committed
 * file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { eventSchema } from './event-schema.ts';
import { serviceSchema } from './service-schema.ts';

const schemas = { 'service.schema.json': serviceSchema(), 'events.schema.json': eventSchema() };

for (const [name, schema] of Object.entries(schemas)) {
  const file = new URL(`../../package/${name}`, import.meta.url);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`package/${name} differs from its sources: run \`npm run schema\` and commit the result`);
    process.exitCode = 1;
  }
}
