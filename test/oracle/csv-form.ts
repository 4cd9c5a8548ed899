/*
Compares how csv-profile reads generated tables with Python's csv, by csv-form.py: quotes, CRLF, BOM, line ends in quotes, empty
lines, empty records, ragged rows, repeated names, invalid quotes. Needs python3 (3.11 or later).
Usage: node test/oracle/csv-form.ts [SEED]; the seed is printed.
Exits with 1 when a table differs.
*/
import { execFileSync } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { parseTable } from '../../examples/csv-profile/parse-table.ts';
import { ServiceFailure } from '../../worker/attempt/service-failure.ts';
import { type SeededRandom, seededRandom } from '../sim/seeded-random.ts';

const tableCount = 5_000;
/** Fewer tables of either kind would mean that the generator covers too little. */
const leastOfEachKind = tableCount / 10;

const seed = Number(process.argv[2] ?? 1);
const script = new URL('csv-form.py', import.meta.url).pathname;

function pick(random: SeededRandom, choices: readonly string[]): string {
  return choices[random.whole(0, choices.length - 1)] ?? '';
}

function anyText(random: SeededRandom, letters: readonly string[]): string {
  return Array.from({ length: random.whole(0, 3) }, () => pick(random, letters)).join('');
}

/** A quote within a field without quotes is excluded: Python accepts it, and RFC 4180, which the service follows, does not. */
function anyField(random: SeededRandom): string {
  if (random.happens(0.5)) return anyText(random, ['a', '1', ' ', 'é', '😀', '\t', ';']);
  const text = anyText(random, ['a', ',', '\n', '\r', '\r\n', '""', '😀', ' ']);
  return random.happens(0.01) ? `"${text}"x` : `"${text}"`;
}

function anyRow(random: SeededRandom, columns: number): string {
  if (random.happens(0.06)) return '';
  if (random.happens(0.04)) return '""';
  const isRagged = random.happens(0.04);
  const fields = isRagged ? random.whole(1, columns + 1) : columns;
  return Array.from({ length: fields }, () => anyField(random)).join(',');
}

function anyHeader(random: SeededRandom, columns: number): string {
  if (random.happens(0.1)) return anyRow(random, columns);
  const names = Array.from({ length: columns }, (_, index) => `${index}${anyText(random, ['a', 'é', ' '])}`);
  if (random.happens(0.05)) names.push(names[0] ?? '');
  return names.map((name) => (random.happens(0.3) ? `"${name}"` : name)).join(',');
}

function anyTable(random: SeededRandom): string {
  const columns = random.whole(1, 3);
  const lineEnd = pick(random, ['\n', '\r\n', '\r']);
  const rows = Array.from({ length: random.whole(0, 5) }, () => anyRow(random, columns));
  const bom = random.happens(0.2) ? '\uFEFF' : '';
  // Only the last quote may be open: text after it would contain quotes that only Python accepts.
  const end = pick(random, ['', lineEnd, lineEnd, lineEnd, random.happens(0.1) ? `${lineEnd}"a` : '']);
  return bom + [anyHeader(random, columns), ...rows].join(lineEnd) + end;
}

function read(text: string): unknown {
  try {
    const { header, columns, rows } = parseTable(text, ',');
    const body = Array.from({ length: rows }, (_, row) => columns.map((column) => column[row]));
    return { header, rows: body };
  } catch (error) {
    if (error instanceof ServiceFailure && error.type === 'malformed-csv') return null;
    throw error;
  }
}

const random = seededRandom(seed);
const texts = Array.from({ length: tableCount }, () => anyTable(random));
const options = { encoding: 'utf8', input: JSON.stringify(texts), maxBuffer: 2 ** 28 } as const;
const expected: readonly unknown[] = JSON.parse(execFileSync('python3', [script], options));
const different = texts.filter((text, index) => !isDeepStrictEqual(read(text), expected[index]));
for (const text of different.slice(0, 20)) console.log(`DIFFERENT  ${JSON.stringify(text)}`);
const malformed = expected.filter((table) => table === null).length;
console.log(`seed ${seed}: ${tableCount} tables, ${malformed} malformed, ${different.length} differences`);
const coversEnough = Math.min(malformed, tableCount - malformed) >= leastOfEachKind;
process.exitCode = different.length === 0 && coversEnough ? 0 : 1;
