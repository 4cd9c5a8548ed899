/*
Compares the service csv-profile with csv-profile.py, an independent implementation, over tables of many kinds. Needs python3
(3.11 or later).
Usage: node test/oracle/csv-profile.ts [TABLE.csv ...]
Exits with 1 when a figure differs.
*/
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { profileTable } from '../../examples/csv-profile/profile-table.ts';
import { differences } from '../support/compare-profiles.ts';

const script = fileURLToPath(new URL('csv-profile.py', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

function tables(): string[] {
  const named = process.argv.slice(2);
  if (named.length > 0) return named;
  const patterns = ['node_modules/vega-datasets/data/*.csv', 'test/oracle/*.csv'];
  return globSync(patterns, { cwd: root }).map((path) => join(root, path));
}

function differencesOf(path: string): string[] {
  const text = execFileSync('python3', [script, path], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const expected: unknown = JSON.parse(text);
  // Serialized and parsed as JSON, because a result is transferred in this form.
  const actual: unknown = JSON.parse(JSON.stringify(profileTable({ csv: readFileSync(path, 'utf8') })));
  return differences(actual, expected);
}

const paths = tables();
if (paths.length === 0) throw new Error('no table to compare');
let count = 0;
for (const path of paths) {
  const found = differencesOf(path);
  count += found.length;
  console.log(`${found.length === 0 ? 'same' : 'DIFFERENT'}  ${path}`);
  for (const difference of found) console.log(`  service, oracle at ${difference}`);
}
console.log(`${paths.length} tables compared, ${count} differences`);
process.exitCode = count === 0 ? 0 : 1;
