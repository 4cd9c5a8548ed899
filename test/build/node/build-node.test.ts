import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stop } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { newServiceFolder } from '../service-folder.ts';

/** Imports a built function in a process of its own, as Lambda does, and returns what it prints. */
function run(directory: string, expression: string, options: readonly string[] = []): string {
  const url = pathToFileURL(join(directory, 'index.mjs')).href;
  const code = `const f = await import(${JSON.stringify(url)}); console.log(JSON.stringify(await ${expression}));`;
  return execFileSync(process.execPath, [...options, '--input-type=module', '--eval', code], {
    encoding: 'utf8',
  }).trim();
}

describe('a function on Node.js', () => {
  test('is bundled with the worker library although no package is installed', async () => {
    const service = newServiceFolder(
      { entry: 'src/index.ts' },
      {
        'src/index.ts':
          "import { defineService } from 'errand/worker';\nimport { double } from './double.ts';\nexport const handler = defineService(async ({ parameters }: { parameters: { n: number } }) => double(parameters.n));\n",
        'src/double.ts': 'export const double = (n: number): number => n * 2;\n',
      },
    );
    const built = await service.build();
    expect(built).toMatchObject({ handler: 'index.handler', runtime: 'nodejs24.x', notices: [] });
    expect(readdirSync(built.directory).sort()).toEqual(['index.mjs', 'index.mjs.map']);
    expect(run(built.directory, 'typeof f.handler')).toBe('"function"');
    for (const name of ['src/index.ts', 'src/double.ts'])
      expect(built.inputs).toContain(join(service.folder, name));
  });

  test.each([
    ['src/index.ts:run', 'export const run = () => 1;', 'index.run'],
    ['src/index.ts:default', 'export default () => 1;', 'index.default'],
    ['src/index.js', 'exports.handler = () => 1;', 'index.handler'],
    [
      'src/index.cjs',
      "const { join } = require('node:path'); exports.handler = () => join('a').length;",
      'index.handler',
    ],
    [
      'src/index.mjs',
      "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); export const handler = () => require('node:path').join('a').length;",
      'index.handler',
    ],
  ])('may be the entry %s: %s', async (entry, code, handler) => {
    const service = newServiceFolder({ entry }, { [entry.replace(/:.*/, '')]: code });
    const built = await service.build();
    expect(built.handler).toBe(handler);
    expect(run(built.directory, `f.${handler.replace('index.', '')}()`)).toBe('1');
  });

  test.each([
    ['on this machine', { kind: 'local' }],
    ['for Lambda', { kind: 'lambda', architecture: 'arm64' }],
  ] as const)('has stacks with the file and the line of the user %s', async (_, target) => {
    const service = newServiceFolder(
      { entry: 'src/index.ts' },
      {
        'src/index.ts':
          'type A = string;\n\nexport const handler = (): A => {\n  throw new Error("wrong");\n};\n',
      },
    );
    const { directory } = await service.build(target);
    const call = '(async () => { try { f.handler(); } catch (error) { return error.stack; } })()';
    const stack = JSON.parse(run(directory, call, ['--enable-source-maps'])) as string;
    const base = target.kind === 'local' ? service.folder : directory;
    expect(stack).toContain(`${join(base, 'src', 'index.ts')}:4:9`);
  });

  test('has the same bytes for Lambda wherever the folder is', async () => {
    const files = { 'index.ts': 'export const handler = () => 1;\n' };
    const directories = await Promise.all(
      [1, 2].map(async () => {
        const { directory } = await newServiceFolder({ entry: 'index.ts' }, files).build({
          kind: 'lambda',
          architecture: 'arm64',
        });
        return readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
      }),
    );
    expect(directories[0]).toEqual(directories[1]);
  });

  test('may use packages that read __dirname', async () => {
    const service = newServiceFolder(
      { entry: 'index.mjs' },
      {
        'index.mjs': "import { here } from 'old'; export const handler = () => here;",
        'node_modules/old/package.json': '{ "name": "old", "version": "1.0.0" }',
        'node_modules/old/index.js': 'exports.here = __dirname;',
      },
    );
    const { directory } = await service.build();
    expect(run(directory, 'f.handler()')).toBe(JSON.stringify(directory));
  });

  test('has warnings about the modules of the user as notices', async () => {
    const service = newServiceFolder(
      { entry: 'index.mjs' },
      { 'index.mjs': 'export function handler(n) {\n  return n === -0;\n}\n' },
    );
    const { notices } = await service.build();
    expect(notices).toEqual([expect.stringMatching(/^index\.mjs:2:16: Comparison with -0/)]);
  });

  test('is built although another user of the compiler stops it', async () => {
    const service = newServiceFolder(
      { entry: 'index.mjs' },
      { 'index.mjs': 'export const handler = () => 1;' },
    );
    await service.build();
    const building = service.build();
    await stop();
    expect(run((await building).directory, 'f.handler()')).toBe('1');
  });

  test('follows the tsconfig.json of the user', async () => {
    const service = newServiceFolder(
      { entry: 'src/index.ts' },
      {
        'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
        'src/index.ts': "import { one } from '@lib/one';\nexport const handler = () => one;\n",
        'lib/one.ts': 'export const one = 1;\n',
      },
    );
    const built = await service.build();
    expect(run(built.directory, 'f.handler()')).toBe('1');
    expect(built.inputs).toContain(join(service.folder, 'tsconfig.json'));
  });
});

describe('the check of the handler', () => {
  test('runs no module with the variables of this process, and reports no error of the module itself', async () => {
    const code =
      'if (process.env.LEVEL !== "debug" || process.env.VITEST !== undefined) throw new Error("wrong variables");\nconst make = () => 5;\nexport const handler = make();\n';
    const service = newServiceFolder({ entry: 'index.mjs' }, { 'index.mjs': code });
    await expect(service.build()).resolves.toMatchObject({ handler: 'index.handler' });
    const other = newServiceFolder(
      { entry: 'index.mjs', environment: { LEVEL: 'debug' } },
      { 'index.mjs': code },
    );
    await expect(other.build()).rejects.toThrow('index.mjs: "handler" is not a function');
  });

  test.each([
    'export async function handler() {}',
    'export const handler = defineService(async () => 1);',
    'export const handler = async (event: object) => event;',
    'export const handler = (event: object): object => event;',
  ])('does not import the module of %s', async (declaration) => {
    const service = newServiceFolder({ entry: 'index.ts' }, {});
    const file = join(service.folder, 'imported');
    const code = `import { writeFileSync } from 'node:fs';\nconst defineService = (f: unknown) => f;\nwriteFileSync(${JSON.stringify(file)}, '');\n${declaration}\nexport default defineService;\n`;
    service.write({ 'index.ts': code });
    await service.build();
    expect(existsSync(file)).toBe(false);
  });
});

describe('a function on Node.js that cannot be built', () => {
  test.each([
    [
      'a syntax error',
      { 'src/index.ts': 'export const handler = () => {\n  return [1;\n};\n' },
      { message: 'src/index.ts:2:12: Expected "]" but found ";"', file: 'src/index.ts', line: 2, column: 12 },
    ],
    [
      'a package that is not installed',
      { 'src/index.ts': "import pad from '@a/left-pad/x';\nexport const handler = pad;\n" },
      {
        message: expect.stringMatching(
          /^src\/index\.ts:1:17: The package "@a\/left-pad" is not installed: run `npm install @a\/left-pad` in .*service\.$/,
        ),
      },
    ],
    [
      'a path that the package does not export',
      { 'src/index.ts': "import { x } from 'errand/nothing';\nexport const handler = x;\n" },
      {
        message:
          'src/index.ts:1:19: The package "errand" does not export "errand/nothing": import another path, or install another version.',
      },
    ],
    [
      'a folder as the entry',
      { 'src/index.ts/a.ts': '' },
      { message: expect.stringMatching(/^src\/index\.ts: The file does not exist/) },
    ],
    [
      'a module that does not exist',
      { 'src/index.ts': "import './none.ts';\nexport const handler = 1;\n" },
      { message: 'src/index.ts:1:8: The imported file "./none.ts" does not exist.' },
    ],
    [
      'no such export',
      { 'src/index.ts': 'export const main = () => 1;\n' },
      {
        message:
          'src/index.ts: There is no export "handler": export a function with this name, or name another one in "entry", such as "src/index.ts:main".',
      },
    ],
    [
      'no such export of a CommonJS module',
      { 'src/index.ts': 'exports.main = () => 1;\n' },
      { message: expect.stringContaining('src/index.ts: There is no export "handler": export') },
    ],
    [
      'an export that is no function',
      { 'src/index.ts': 'console.log("loaded");\nexport const handler = { run: () => 1 };\n' },
      {
        message:
          'src/index.ts: "handler" is not a function: export a function with this name, or name another one in "entry", such as "src/index.ts:main".',
      },
    ],
    [
      'no such file',
      {},
      {
        message: 'src/index.ts: The file does not exist: create it, or correct "entry" in service.json.',
        file: 'src/index.ts',
      },
    ],
  ])('is an error for %s', async (_, files: Record<string, string>, error) => {
    const service = newServiceFolder({ entry: 'src/index.ts' }, files);
    await expect(service.build()).rejects.toMatchObject({ name: 'BuildError', ...error });
    expect(existsSync(join(service.folder, '..', 'out', '1'))).toBe(false);
  });
});
