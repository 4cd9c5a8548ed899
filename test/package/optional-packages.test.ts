import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enginePackages } from '../../local/dynamodb/engine-binary.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

interface LockEntry {
  readonly version: string;
  readonly os: unknown;
  readonly cpu: unknown;
  readonly optional?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockEntry>>;
};
const { optionalDependencies } = JSON.parse(read('package.json')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

/** The table in `package/errand.js`, which is a program and exports nothing. */
const nodePackages: Readonly<Record<string, string>> = Object.fromEntries(
  [...read('package/errand.js').matchAll(/'(\w+-\w+)': '(node-[\w-]+)'/g)].map(([, platform, name]) => [
    platform,
    name,
  ]),
);

test('Node.js and the DynamoDB engine have packages for the same platforms', () => {
  expect(Object.keys(nodePackages).sort()).toEqual(Object.keys(enginePackages).sort());
  expect(Object.values(nodePackages).sort()).toEqual(Object.keys(optionalDependencies).sort());
});

describe.each(Object.keys(enginePackages))('on %s', (platform) => {
  const [os, cpu] = platform.split('-');
  const place = { os: [os], cpu: [cpu], optional: true };
  const lockEntry = (name = '') => {
    const entry = packages[`node_modules/${name}`];
    return { ...entry, os: [entry?.os].flat(), cpu: [entry?.cpu].flat() };
  };

  test('npm ci installs the engine', () => {
    expect(lockEntry(enginePackages[platform]?.name)).toMatchObject(place);
  });

  test('npm ci installs Node.js 24 and links it for package scripts', () => {
    expect(lockEntry(nodePackages[platform])).toMatchObject({
      ...place,
      version: read('.nvmrc').trim(),
      bin: { node: os === 'win32' ? 'bin/node.exe' : 'bin/node' },
    });
  });
});
