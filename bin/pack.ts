/**
 * `npm run pack`: compiles the package `errand`, with types, into `dist/errand-<version>.tgz`. Node.js runs no TypeScript below
 * `node_modules`, so what is installed is JavaScript.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageProgram } from './package-program.ts';

const root = resolve(import.meta.dirname, '..');
const staging = join(root, '.build', 'package');
const destination = join(root, 'dist');

rmSync(staging, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
mkdirSync(destination, { recursive: true });

const manifest = JSON.parse(readFileSync(join(root, 'package', 'package.json'), 'utf8')) as {
  readonly bin?: unknown;
  readonly exports: Readonly<Record<string, string>>;
};
compile();
for (const file of globSync('**/*.d.ts', { cwd: staging })) rewriteExtensions(join(staging, file));
for (const file of globSync('build/**/*.py', { cwd: root }))
  copyFileSync(join(root, file), join(staging, file));
// The commands run the programs of a checkout and are not part of what is installed.
const { bin: _, ...published } = manifest;
const exports = Object.fromEntries(Object.entries(manifest.exports).map(compiledExport));
// Not in the manifest of the checkout, where npm itself may run on an older Node.js and would warn.
const engines = { node: '>=22' };
writeFileSync(
  join(staging, 'package.json'),
  `${JSON.stringify({ ...published, engines, exports }, null, 2)}\n`,
);
copyFileSync(join(root, 'LICENSE'), join(staging, 'LICENSE'));
copyFileSync(join(root, 'package', 'README.md'), join(staging, 'README.md'));
run(npmProgram(), ['pack', '--silent', '--pack-destination', destination], staging);

function compile(): void {
  const options = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rootDir: root,
      outDir: staging,
      removeComments: false,
    },
    include: [],
    files: [
      ...['worker.ts', 'contract.ts', 'cdk.ts'].map((file) => join(root, 'package', file)),
      // A construct runs it as a program.
      join(root, 'constructs', 'build-program.ts'),
    ],
  };
  const config = join(root, '.build', 'tsconfig.package.json');
  writeFileSync(config, JSON.stringify(options));
  run(packageProgram('typescript', 'tsc'), ['-p', config], root);
}

/** The compiler rewrites `.ts` in what it emits as JavaScript, but not in declarations. */
function rewriteExtensions(file: string): void {
  const declarations = readFileSync(file, 'utf8');
  writeFileSync(file, declarations.replaceAll(/((?:from|import\()\s*'\.[^']*)\.ts'/g, "$1.js'"));
}

function compiledExport([name, file]: readonly [string, string]) {
  if (!file.endsWith('.ts')) return [name, file] as const;
  const path = `./package/${file.replace(/^\.\//, '').replace(/\.ts$/, '')}`;
  return [name, { types: `${path}.d.ts`, default: `${path}.js` }] as const;
}

function npmProgram(): string {
  // npm sets the path of its own program for the scripts that it runs.
  const program = process.env['npm_execpath'];
  if (program === undefined) throw new Error('Run this program with `npm run pack`');
  return program;
}

function run(program: string, options: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(process.execPath, [program, ...options], { cwd, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
