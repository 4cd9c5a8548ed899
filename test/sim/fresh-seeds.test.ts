import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { commitOf, freshSeeds } from './fresh-seeds.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('a commit has its own range of seeds, above the seeds that are chosen by hand', () => {
  const [one, other] = [freshSeeds('a'.repeat(40), 1), freshSeeds('b'.repeat(40), 1)];
  expect(freshSeeds('a'.repeat(40), 2)).toEqual(one);
  expect(other.from).not.toBe(one.from);
  for (const { from } of [one, other]) expect(from).toBeGreaterThanOrEqual(100_000_000);
  expect(one.source).toBe(`commit ${'a'.repeat(40)}`);
});

test('a folder without git metadata gets a new range each time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errand-no-git-'));
  try {
    expect(commitOf(folder)).toBeUndefined();
    expect(freshSeeds(undefined, 1).from).not.toBe(freshSeeds(undefined, 2).from);
    expect(freshSeeds(undefined, 1).source).toBe('the time, for want of a commit');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a fresh run prints its range and the command that repeats it', () => {
  const options = { cwd: root, encoding: 'utf8' } as const;
  const { stdout, status } = spawnSync(
    process.execPath,
    ['test/sim/sim.ts', '--seeds', '1', '--fresh'],
    options,
  );
  expect(status, stdout).toBe(0);
  expect(stdout).toMatch(
    /^Seeds from \d{9}, made of .+\. To repeat: npm run sim -- --seeds 1 --from \d{9}\n1 seeds, /,
  );
});
