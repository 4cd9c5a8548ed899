import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lacksMachineCode } from '../../../../build/node/packages/lacks-machine-code.ts';

const arm64 = { kind: 'lambda', architecture: 'arm64' } as const;

/** The header of a file with machine code for Linux. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  return header;
}

function modules(files: Readonly<Record<string, string | Buffer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'errand-modules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const byPlatform = JSON.stringify({
  name: 'a',
  optionalDependencies: { '@a/linux-arm64-gnu': '1.0.0', '@a/linux-x64-gnu': '1.0.0' },
});

test.each<[string, Readonly<Record<string, string | Buffer>>, boolean]>([
  ['has none when it was not installed', {}, true],
  ['needs none without machine code', { 'a/package.json': '{ "name": "a" }' }, false],
  ['has none without its package for the platform', { 'a/package.json': byPlatform }, true],
  [
    'has none with the package for another platform',
    { 'a/package.json': byPlatform, '@a/linux-x64-gnu/package.json': '{}' },
    true,
  ],
  [
    'has some with the package for the platform',
    { 'a/package.json': byPlatform, '@a/linux-arm64-gnu/package.json': '{}' },
    false,
  ],
  [
    'has none when it downloaded code for another processor',
    { 'a/package.json': '{ "name": "a", "gypfile": true }', 'a/build/a.node': elf(62) },
    true,
  ],
  [
    'has some when one of its files is for the processor',
    {
      'a/package.json': '{ "name": "a" }',
      'a/prebuilds/linux-x64/a.node': elf(62),
      'a/prebuilds/linux-arm64/a.node': elf(183),
    },
    false,
  ],
  [
    'has some in the package that it loads',
    {
      'a/package.json': '{ "name": "a", "dependencies": { "bindings": "1", "b": "1" } }',
      'b/b.node': elf(183),
    },
    false,
  ],
])('a package %s', (_, files, lacks) => {
  expect(lacksMachineCode('a', modules(files), arm64)).toBe(lacks);
});
