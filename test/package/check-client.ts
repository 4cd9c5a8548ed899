import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../../local/free-port.ts';
import { bundleForBrowsers } from './client-bundle.ts';

/** Where the package is installed, and the programs that use it there. */
interface Installed {
  readonly project: string;
  /** Paths of Node.js 22 and 24. */
  readonly node22: string;
  readonly node24: string;
}

/** Five lines, in JavaScript and in TypeScript. */
const program = `import { Errand } from 'errand';
const errand = new Errand();
const service = await errand.services.get('thumb', '0.1.0-dev');
const job = await service.submit({ name: 'Ada' }, { tags: ['installed'] });
console.log(JSON.stringify(await job.result()));
`;
const expected = JSON.stringify({ greeting: 'Goodbye Ada' });

/** A page passes the URL and the key. */
const page = `import { Errand } from 'errand';
export async function greet(url: string, apiKey: string): Promise<unknown> {
  const errand = new Errand({ url, apiKey });
  return await errand.jobs.submit({ service: 'thumb', parameters: {} }).result();
}
`;

/**
 * Compiles programs that use the client in a project for browsers and in one for Node.js, with both module resolutions, all checks
 * and the declarations of all packages checked.
 */
export function compileClients({ project }: Pick<Installed, 'project'>): void {
  const environments = {
    browser: { lib: ['es2022', 'dom'], types: [] },
    node: { lib: ['es2022'], types: ['node'] },
  };
  for (const [name, environment] of Object.entries(environments)) {
    for (const module of ['esnext', 'nodenext']) {
      const folder = writeProject(join(project, `${name}-${module}`), {
        'page.ts': page,
        'program.ts': program,
      });
      compile(folder, { ...environment, module, moduleResolution: module === 'esnext' ? 'bundler' : module });
    }
  }
}

/**
 * Runs the service that `errand init thumb` created with `errand start`, and submits jobs to it from JavaScript and TypeScript, from a
 * bundle for browsers and with the types that `errand types` writes.
 */
export async function useClient({ project, node22, node24 }: Installed): Promise<void> {
  const folder = join(project, 'thumb');
  const command = join(project, 'node_modules', 'errand', 'package', 'errand.js');
  const url = `http://127.0.0.1:${await freePort()}`;
  const started = spawn(node24, [command, 'start', '--port', new URL(url).port], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => started.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: started.stdout }).on('line', (line) => line.includes('is ready') && resolve());
    void ended.then(() => reject(new Error('errand start ended before it was ready')));
  });
  try {
    writeProject(folder, { 'program.mjs': program, 'program.mts': program });
    assert.equal(outputOf(node22, ['program.mjs'], folder), expected);
    assert.equal(outputOf(node24, ['program.mjs'], folder), expected);
    assert.equal(outputOf(node24, ['program.mts'], folder), expected);
    const required = 'console.log(typeof require("errand").Errand)';
    assert.equal(outputOf(node22, ['--no-warnings', '-e', required], folder), 'function');

    writeProject(folder, { 'page.ts': page });
    const { code } = await bundleForBrowsers('page.ts', folder);
    const apiKey = readFileSync(join(folder, '.errand', 'api-key'), 'utf8').trim();
    const call =
      "import { greet } from './page.mjs';\nconsole.log(JSON.stringify(await greet(process.argv[2], process.argv[3])));";
    writeProject(folder, { 'page.mjs': code, 'open-page.mjs': call });
    assert.equal(
      outputOf(node22, ['open-page.mjs', url, apiKey], folder),
      JSON.stringify({ greeting: 'Goodbye World' }),
    );

    checkTypes({
      folder,
      run: (...words) => spawnSync(node24, [command, ...words], { cwd: folder, encoding: 'utf8' }),
    });
  } finally {
    started.kill('SIGINT');
  }
  assert.equal(await ended, 0);
}

interface TypesCheck {
  readonly folder: string;
  readonly run: (...words: readonly string[]) => { readonly status: number | null; readonly stderr: string };
}

/** Writes the types of the services, and compiles right and wrong uses of them. */
function checkTypes({ folder, run }: TypesCheck): void {
  const written = run('types', '--out', 'errand-types.ts');
  assert.equal(written.status, 0, written.stderr);
  assert.equal(run('types', '--out', 'errand-types.ts', '--check').status, 0);
  const uses = (parameters: string) => ({
    'uses.ts': `import { Errand } from 'errand';
const service = await new Errand().services.get('thumb', '0.1.0-dev');
const { greeting } = await (await service.submit(${parameters})).result();
greeting satisfies string;
`,
  });
  const options = { lib: ['es2022'], types: ['node'], module: 'nodenext', moduleResolution: 'nodenext' };
  const files = ['errand-types.ts', 'uses.ts'];
  writeProject(folder, uses("{ name: 'Ada' }"));
  compile(folder, options, files);
  for (const wrong of ['{ name: 5 }', "{ nam: 'Ada' }"]) {
    writeProject(folder, uses(wrong));
    assert.throws(() => compile(folder, options, files), /uses\.ts\(3,\d+\): error TS(2322|2353|2561)/);
  }
  writeProject(folder, { 'errand-types.ts': 'export {};\n' });
  assert.equal(run('types', '--out', 'errand-types.ts', '--check').status, 1);
}

/** Writes files into a folder, and returns the folder. */
function writeProject(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Compiles the files of a folder with the compiler of the project, which is the folder above. Throws with its errors. */
function compile(folder: string, options: object, files = ['page.ts', 'program.ts']): void {
  const strictness = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
  const compilerOptions = { ...strictness, target: 'es2022', ...options };
  writeProject(folder, {
    'package.json': '{ "type": "module", "private": true }',
    'tsconfig.json': JSON.stringify({ compilerOptions, files }),
  });
  const tsc = join(folder, '..', 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
}

function outputOf(node: string, words: readonly string[], cwd: string): string {
  // Nothing of this environment's own: the client finds the service that runs in the folder.
  const env = { PATH: process.env['PATH'], HOME: cwd, XDG_CONFIG_HOME: cwd };
  return execFileSync(node, [...words], { cwd, encoding: 'utf8', env }).trim();
}
