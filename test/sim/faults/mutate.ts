import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Mutation } from './mutation.ts';
import { mutations } from './mutations.ts';
import { plantEdit } from './plant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const seeds = 3000;

/**
 * `npm run sim:mutations`: plants each fault of mutations.ts into a copy of the core, simulates up to 3,000 seeds with it
 * and prints the seed that failed. Exit 1 when a fault was not found. `-- <text>` plants only faults whose description contains
 * the text.
 */
function main(): void {
  const copy = mkdtempSync(join(tmpdir(), 'errand-mutations-'));
  try {
    for (const room of ['core', 'aws', 'test/sim', 'test/support', 'package.json'])
      cpSync(join(root, room), join(copy, room), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    if (simulateIn(copy, 3).status !== 0) throw new Error('The simulation fails without a planted fault');
    const chosen = mutations.filter(({ what }) => what.includes(process.argv[2] ?? ''));
    const found = chosen.map((mutation) => plant(copy, mutation));
    const missed = found.filter((seed) => seed === undefined).length;
    console.log(`${chosen.length - missed} of ${chosen.length} planted faults were found`);
    if (missed > 0) process.exitCode = 1;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** The seed that found the fault; undefined when no seed did. */
function plant(copy: string, { what, edits }: Mutation): number | undefined {
  const files = edits.map((edit) => {
    const { file, text } = plantEdit(copy, edit);
    writeFileSync(join(copy, file), text);
    return file;
  });
  const { stdout, stderr } = simulateIn(copy, seeds);
  for (const file of files) cpSync(join(root, file), join(copy, file));
  const reported = /^Seed (\d+) with \d+ clients: (.*)$/m.exec(stdout);
  const problem = reported?.[2] ?? stderr.split('\n').slice(0, 6).join(' ');
  console.log(`| ${what} | ${reported?.[1] ?? 'none'} | ${problem} |`);
  return reported === null ? undefined : Number(reported[1]);
}

/** Simulates seeds with the sources in a folder, until one fails. */
function simulateIn(folder: string, count: number) {
  return spawnSync(process.execPath, ['test/sim/sim.ts', '--seeds', String(count), '--first'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 600_000,
  });
}

main();
