import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { newServiceFolder, type ServiceFolder } from '../service-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const arm64 = { kind: 'lambda', architecture: 'arm64' } as const;
const sharpVersion = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson)
  .devDependencies['sharp'];

interface PackageJson {
  readonly devDependencies: Readonly<Record<string, string>>;
}

const withSharp = {
  'src/index.ts': [
    "import sharp from 'sharp';",
    'export async function handler() {',
    "  const image = sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } });",
    '  return (await image.resize(4).png().toBuffer({ resolveWithObject: true })).info.height;',
    '}',
  ].join('\n'),
};

function call(directory: string): string {
  const url = pathToFileURL(join(directory, 'index.mjs')).href;
  const code = `import(${JSON.stringify(url)}).then(async ({ handler }) => console.log(await handler()));`;
  return execFileSync(process.execPath, ['--eval', code], { encoding: 'utf8' }).trim();
}

/** A package as npm would install it, in `node_modules` of a service. */
function aPackage(name: string, manifest: object, files: Readonly<Record<string, string>>) {
  const base = `node_modules/${name}`;
  return {
    [`${base}/package.json`]: JSON.stringify({ name, version: '1.2.3', ...manifest }),
    ...Object.fromEntries(Object.entries(files).map(([file, text]) => [`${base}/${file}`, text])),
  };
}

function installSharp(service: ServiceFolder): void {
  service.write({ 'node_modules/.keep': '' });
  symlinkSync(join(root, 'node_modules', 'sharp'), join(service.folder, 'node_modules', 'sharp'));
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a package with machine code', () => {
  test('is loaded from the node_modules of the user on this machine', async () => {
    const service = newServiceFolder({ entry: 'src/index.ts' }, withSharp);
    installSharp(service);
    const built = await service.build();
    expect(built.notices).toEqual([`Loaded from node_modules instead of bundled: sharp ${sharpVersion}.`]);
    expect(call(built.directory)).toBe('2');
  });

  test.each([
    ['a file of machine code', {}, { 'build/code.node': '' }],
    ['a build with node-gyp', { gypfile: true }, {}],
    ['a loader', { dependencies: { 'node-gyp-build': '^4.0.0' } }, {}],
    ['a package for each platform', { optionalDependencies: { '@a/code-linux-x64': '1.0.0' } }, {}],
    ['a script that downloads code', { scripts: { install: 'prebuild-install || node-gyp rebuild' } }, {}],
  ])('is detected by %s', async (_, manifest, files) => {
    const service = newServiceFolder(
      { entry: 'index.mjs' },
      {
        'index.mjs': "import { two } from '@a/native/two'; export const handler = () => two;",
        ...aPackage('@a/native', manifest, { ...files, 'two.js': 'exports.two = __filename;' }),
      },
    );
    const built = await service.build();
    expect(built.notices).toEqual(['Loaded from node_modules instead of bundled: @a/native 1.2.3.']);
    expect(call(built.directory)).toBe(join(service.folder, 'node_modules', '@a', 'native', 'two.js'));
  });

  test('does not keep other packages out of the bundle', async () => {
    const service = newServiceFolder(
      { entry: 'index.mjs' },
      {
        'index.mjs': "import { two } from 'plain'; export const handler = () => two;",
        ...aPackage(
          'plain',
          { binary: 'x', scripts: { build: 'node-gyp' } },
          { 'index.js': 'exports.two = 2;' },
        ),
      },
    );
    const built = await service.build();
    expect(built.notices).toEqual([]);
    expect(readdirSync(built.directory)).not.toContain('node_modules');
    expect(call(built.directory)).toBe('2');
  });
});

describe('a package in "external"', () => {
  test('is not bundled, even if only a name at run time leads to it', async () => {
    const service = newServiceFolder(
      { entry: 'index.mjs', external: ['plain'] },
      {
        'index.mjs': "export const handler = async () => (await import(['plain'].join(''))).default.two;",
        ...aPackage('plain', {}, { 'index.js': 'exports.two = 2;' }),
      },
    );
    expect(call((await service.build()).directory)).toBe('2');
  });

  test.each([
    ['this machine', { kind: 'local' }],
    ['linux-arm64', arm64],
  ] as const)('is an error with npm’s reason when it cannot be installed for %s', async (place, target) => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9');
    vi.stubEnv('npm_config_fetch_retries', '0');
    const service = newServiceFolder(
      { entry: 'index.mjs', external: ['errand-no-such-package'] },
      { 'index.mjs': 'export const handler = () => 1;' },
    );
    await expect(service.build(target)).rejects.toMatchObject({
      name: 'BuildError',
      message: expect.stringMatching(
        new RegExp(
          `^npm cannot install errand-no-such-package@latest for ${place}: .*(ECONNREFUSED|request to)`,
        ),
      ),
    });
    expect(readdirSync(join(service.folder, '..', 'cache', 'node'))).toEqual([]);
  });

  test('is an error when npm is not installed', async () => {
    vi.stubEnv('PATH', '');
    vi.stubEnv('npm_execpath', undefined);
    const service = newServiceFolder(
      { entry: 'index.mjs', external: ['plain'] },
      { 'index.mjs': 'export const handler = () => 1;' },
    );
    expect(existsSync(join(process.execPath, '..', 'npm'))).toBe(false);
    await expect(service.build()).rejects.toThrow(
      'npm cannot install plain@latest for this machine: npm is not installed or not on the PATH.',
    );
  });
});
