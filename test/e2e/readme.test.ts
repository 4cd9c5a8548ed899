import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocks, readDocument, section, tableRows } from '../docs/markdown.ts';
import { startTestErrand, type TestErrand } from '../support/local-service/local-errand.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readDocument('README.md');
const walk = blocks(section(readme, 'Walk-through'));

/** Each command block with the text block that states its output. */
const steps = walk.flatMap((block, index) =>
  block.language === 'sh' ? [{ commands: block.text, printed: textAfter(walk, index) }] : [],
);

function textAfter(all: readonly Block[], index: number): string {
  const next = all[index + 1];
  if (next?.language !== 'text') throw new Error(`Nothing says what these print: ${all[index]?.text}`);
  return next.text;
}

const seam = '\u0001';

/** Runs all blocks in one bash, in order, as a reader would paste them, and returns the output of each. */
async function paste(errand: TestErrand): Promise<readonly string[]> {
  const script = steps.map(({ commands }) => `${commands}\nprintf '${seam}'\n`).join('');
  const { ERRAND_API_KEY: _, ...inherited } = process.env;
  const bash = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: root,
    env: {
      ...inherited,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      ERRAND_URL: errand.url,
      ERRAND_DATA_DIR: errand.keyDirectory,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let [printed, complaints] = ['', ''];
  bash.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  bash.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const status = await new Promise((resolve) => bash.once('close', resolve));
  expect({ status, complaints }).toEqual({ status: 0, complaints: '' });
  return printed.split(seam).slice(0, -1);
}

describe('the walk-through of the README', () => {
  let errand: TestErrand;
  beforeAll(async () => {
    errand = await startTestErrand();
  });
  afterAll(() => errand?.end());

  test('prints in each step the documented output', async () => {
    expect(await paste(errand)).toEqual(steps.map(({ printed }) => printed));
  }, 90_000);

  test('shows a long poll, a poll to the end, errors, events, a last page, a failure, a draft, sub-jobs, a container', () => {
    const all = steps.map(({ printed }) => printed).join('');
    const expected = [
      /^succeeded: .*\n200$/m,
      /^succeeded$/m,
      /^422 /m,
      /errand\.job\.succeeded/,
      /^1 jobs:/m,
      /^draft: .*\nwaiting\nready$/m,
      /"byStatus":\{"succeeded":3\}/,
      /^pending, scheduled, executing, succeeded$/m,
    ];
    for (const line of [...expected, /^409 failed service-failed$/m]) expect(all).toMatch(line);
  });
});

describe('the environment that the README describes', () => {
  test('is the one that the programs read', () => {
    const programs = ['bin/settings.ts', 'bin/start-errand.ts'].map(readDocument).join('');
    const read = [...programs.matchAll(/\['(ERRAND_\w+)'\]/g)].map(([, name]) => name);
    const documented = tableRows(section(readme, 'Running it')).map(([name]) => name);
    expect([...documented].sort()).toEqual([...new Set(read)].sort());
  });
});
