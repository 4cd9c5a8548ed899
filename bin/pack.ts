/**
 * `npm run pack`: compiles the package `errand`, with types, into `dist/errand-<version>.tgz`. Node.js runs no TypeScript below
 * `node_modules`, so what is installed is JavaScript.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { packageProgram } from './package-program.ts';
import { placeholderOrigin, templateWithOrigins } from './synthesis/assembly-with-origins.ts';
import { synthesize } from './synthesize.ts';

const root = resolve(import.meta.dirname, '..');
const staging = join(root, '.build', 'package');
const destination = join(root, 'dist');

rmSync(staging, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
mkdirSync(destination, { recursive: true });

const manifest = readManifest(join(root, 'package', 'package.json'));
compile();
for (const file of globSync('**/*.d.ts', { cwd: staging })) rewriteExtensions(join(staging, file));
const assembly = join(staging, 'assembly');
cpSync(await synthesize(), assembly, { recursive: true });
copyFileSync(
  join(await synthesize({ corsOrigins: placeholderOrigin }), 'Errand.template.json'),
  join(assembly, templateWithOrigins),
);
const copied = [
  'LICENSE',
  'package/errand.js',
  'package/service.schema.json',
  'package/events.schema.json',
  'examples/python-batch/attempt.py',
  'examples/python-batch/data.py',
];
for (const file of [
  ...copied,
  ...globSync('{build,local}/**/*.py', { cwd: root, exclude: ['local/test/**'] }),
])
  copy(file);
copyFileSync(join(root, 'package', 'README.md'), join(staging, 'README.md'));
writeFileSync(join(staging, 'package.json'), `${JSON.stringify(publishedManifest(), null, 2)}\n`);
run(npmProgram(), ['pack', '--silent', '--pack-destination', destination], staging);

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

function copy(file: string): void {
  mkdirSync(dirname(join(staging, file)), { recursive: true });
  copyFileSync(join(root, file), join(staging, file));
}

/** The manifest of the checkout, with compiled exports and the packages that the compiled code imports. */
function publishedManifest(): object {
  const workspace = readManifest(join(root, 'package.json'));
  const local = readManifest(join(root, 'local', 'package.json'));
  return {
    ...manifest,
    // Not in the manifest of the checkout, whose scripts start Node.js 24 themselves.
    engines: { node: '>=20' },
    bin: { errand: './package/errand.js' },
    exports: Object.fromEntries(Object.entries(manifest.exports).map(compiledExport)),
    dependencies: importedPackages({
      ...workspace.devDependencies,
      ...workspace.dependencies,
      ...local.dependencies,
    }),
    optionalDependencies: { ...workspace.optionalDependencies, ...local.optionalDependencies },
  };
}

/** Returns the pinned versions of all packages that the compiled code imports, except those that an app brings itself. */
function importedPackages(versions: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = new Set<string>();
  for (const file of globSync(
    '{aws,bin,build,cli,client,constructs,core,local,manifest,package,worker}/**/*.js',
    {
      cwd: staging,
    },
  ))
    for (const { fileName } of ts.preProcessFile(readFileSync(join(staging, file), 'utf8')).importedFiles)
      if (!fileName.startsWith('.')) names.add(packageName(fileName));
  const own = new Set(['errand', ...Object.keys(manifest.peerDependencies ?? {})]);
  const imported = [...names].filter((name) => !own.has(name) && !isBuiltin(name)).sort();
  return Object.fromEntries(
    imported.map((name) => {
      const version = versions[name];
      if (version === undefined) throw new Error(`The package imports ${name}, which no package.json lists`);
      return [name, version];
    }),
  );
}

/** `@scope/name/path` and `name/path` without their path. */
function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

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
      ...Object.values(manifest.exports)
        .filter((file) => file.endsWith('.ts'))
        .map((file) => join('package', file)),
      join('cli', 'errand.ts'),
      // loaded by their URLs
      ...['thread/entry.ts', 'process/node-client.ts'].map((file) => join('local', 'lambda', file)),
      join('constructs', 'build-program.ts'), // a construct runs it as a program
      ...globSync('local/**/*.d.ts', { cwd: root }),
    ].map((file) => join(root, file)),
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
  if (name === './package.json') return [name, file] as const;
  if (!file.endsWith('.ts')) return [name, file.replace(/^\.\//, './package/')] as const;
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
