import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lockedPart, requestedVersion } from '../../../../build/node/packages/locked-packages.ts';

const root = mkdtempSync(join(tmpdir(), 'errand-lock-'));
const folder = join(root, 'services', 'a');
const packages = {
  '': { dependencies: { native: '^1.0.0', other: '^3.0.0' } },
  'node_modules/native': {
    version: '1.2.0',
    dependencies: { shared: '^2.0.0' },
    optionalDependencies: { code: '1' },
  },
  'node_modules/native/node_modules/shared': { version: '2.1.0', dependencies: { deep: '1' } },
  'node_modules/shared': { version: '1.0.0' },
  'node_modules/deep': { version: '1.0.1', dependencies: { native: '1' } },
  'node_modules/code': { version: '1.0.2', os: ['linux'], cpu: ['arm64'] },
  'node_modules/other': { version: '3.0.0' },
};
mkdirSync(folder, { recursive: true });
writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { declared: '^4.0.0' } }));

afterAll(() => rmSync(root, { recursive: true }));

describe('the locked part of some packages', () => {
  test('contains what they depend on, as Node.js resolves it, and nothing else', () => {
    const expected: Record<string, unknown> = { ...packages, '': { dependencies: { native: '1.2.0' } } };
    delete expected['node_modules/other'];
    delete expected['node_modules/shared'];
    expect(lockedPart({ native: '1.2.0' }, folder)).toEqual({
      lockfileVersion: 3,
      requires: true,
      packages: expected,
    });
  });

  test('does not exist for a version that is not locked, and without a lockfile', () => {
    expect(lockedPart({ native: '1.3.0' }, folder)).toBeUndefined();
    expect(lockedPart({ native: '1.2.0' }, tmpdir())).toBeUndefined();
  });
});

test('the version of a package that is not installed is the locked one, the declared one, or the newest', () => {
  expect(requestedVersion('native', folder)).toBe('1.2.0');
  expect(requestedVersion('declared', folder)).toBe('^4.0.0');
  expect(requestedVersion('unknown', folder)).toBe('latest');
});
