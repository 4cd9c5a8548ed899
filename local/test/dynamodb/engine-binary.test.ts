import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineBinary, enginePackages } from '../../dynamodb/engine-binary.ts';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
  readonly optionalDependencies: Readonly<Record<string, string>>;
};

test.each([
  ['darwin-arm64', join('@dynoxide', 'darwin-arm64', 'dynoxide')],
  ['darwin-x64', join('@dynoxide', 'darwin-x64', 'dynoxide')],
  ['linux-arm64', join('@dynoxide', 'linux-arm64', 'dynoxide')],
  ['linux-x64', join('@dynoxide', 'linux-x64', 'dynoxide')],
  ['win32-x64', join('@dynoxide', 'win32-x64', 'dynoxide.exe')],
])('the engine of %s is in the package of the same name', (platform, binary) => {
  expect(engineBinary(platform, (file) => join('packages', file))).toBe(join('packages', binary));
});

test('every engine package is an optional dependency, all at the same version', () => {
  const names = Object.values(enginePackages).map(({ name }) => name);
  expect(Object.keys(manifest.optionalDependencies).sort()).toEqual(names.sort());
  expect(new Set(Object.values(manifest.optionalDependencies)).size).toBe(1);
});

test('the engine of this platform is installed and executable', () => {
  expect(() => accessSync(engineBinary(), constants.X_OK)).not.toThrow();
});

test('a platform without an engine is named with the supported ones and the alternative', () => {
  expect(() => engineBinary('win32-arm64')).toThrow(
    'No DynamoDB engine exists for win32-arm64. ' +
      'Use one of darwin-arm64, darwin-x64, linux-arm64, linux-x64, win32-x64 ' +
      '(Windows on arm64 also runs Node.js for x64), ' +
      'or set ERRAND_DYNAMODB_ENDPOINT to the address of a DynamoDB-compatible server.',
  );
});

test('a package that is not installed is named with the alternative', () => {
  const missing = () => {
    throw new Error('Cannot find module');
  };
  expect(() => engineBinary('darwin-arm64', missing)).toThrow(
    'The package @dynoxide/darwin-arm64, which contains the DynamoDB engine, is not installed. ' +
      'Install it with `npm ci --include=optional`, ' +
      'or set ERRAND_DYNAMODB_ENDPOINT to the address of a DynamoDB-compatible server.',
  );
});
