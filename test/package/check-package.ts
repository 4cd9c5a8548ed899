/**
 * `npm run verify:package`: packs the package `errand`, installs it into an empty project and uses it there, in TypeScript with
 * its types and in plain JavaScript, on Node.js 22 and 24, and its command with a new service, to which its client submits jobs. Also
 * checks its entries with publint and attw, and resolves its command in the checkout. Exits with 1 at the first error.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compileClients, useClient } from './check-client.ts';
import { checkEntries } from './check-entries.ts';
import { createContainer, developService } from './develop-service.ts';

const root = resolve(import.meta.dirname, '..', '..');
const { version } = readJson<{ version: string }>(join(root, 'package', 'package.json'));
const { devDependencies, optionalDependencies } = readJson<{
  devDependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
}>(join(root, 'package.json'));
const node22 = '22.23.5';
const platform = `node-${process.platform}-${process.arch}`;

const typed = `import { type DataInput, defineService, ServiceFailure } from 'errand/worker';
import { isTerminal, type JobRepresentation, jobRepresentation, submission } from 'errand/contract';

export const handler = defineService(async ({ parameters, job }: { parameters: { name: string }; job: { attempt: number } }) => {
  if (parameters.name === '') throw new ServiceFailure('The name is empty', { type: 'no-name' });
  return \`Hello \${parameters.name}, attempt \${job.attempt}\`;
});
export const copy = defineService(async ({ input, output }) => {
  const source: DataInput | undefined = await input('source');
  if (source === undefined) return null;
  for await (const chunk of await source.stream()) chunk.byteLength satisfies number;
  const { sha256 } = await output('copy').write(await source.stream(), { name: source.name });
  return [sha256, (await output('page').write((await fetch('https://example.com')).body ?? '', { name: 'page' })).sizeBytes];
});
const status: JobRepresentation['status'] = 'succeeded';
const event = {
  job: { id: '0199c7a4-5b1e-7c3a-9d52-3f1f0a6f2b10', name: 'n', attempt: 2, service: { name: 'greet', version: '1.0.0' }, tags: [], traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  worker: { url: 'http://127.0.0.1:9/v1/worker/jobs/x', token: 'ew_x' },
  parameters: { name: 'Ada' },
};
console.log(JSON.stringify([
  await handler(event),
  isTerminal(status),
  submission.safeParse({ service: 'greet', parameters: {} }).success,
  submission.safeParse({ service: 7 }).success,
  typeof jobRepresentation.parse,
]));
`;
const expected = JSON.stringify(['Hello Ada, attempt 2', true, true, false, 'function']);

const parent = mkdtempSync(join(tmpdir(), 'errand-package-'));
const project = join(parent, 'stranger');
mkdirSync(project);
try {
  run('npm', ['run', '--silent', 'pack'], root);
  const tarball = join(root, 'dist', `errand-${version}.tgz`);
  checkEntries(tarball);
  run('npm', ['init', '-y'], project);
  run('npm', ['pkg', 'set', 'type=module'], project);
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  const nodes = [
    `node22@npm:${platform}@${node22}`,
    `node24@npm:${platform}@${optionalDependencies[platform]}`,
  ];
  run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', '--silent', tarball, ...tools, ...nodes],
    project,
  );

  write('service.ts', typed);
  write('tsconfig.json', JSON.stringify({ compilerOptions: compilerOptions(), files: ['service.ts'] }));
  run(join(project, 'node_modules', '.bin', 'tsc'), ['-p', '.'], project);
  for (const name of ['node22', 'node24']) assert.equal(onNode(name, 'out/service.js'), expected);

  write('plain.js', readFileSync(join(project, 'out', 'service.js'), 'utf8'));
  for (const name of ['node22', 'node24']) assert.equal(onNode(name, 'plain.js'), expected);

  // The types are not `any`: a wrong use is refused.
  write('service.ts', typed.replace("'succeeded'", "'finished'"));
  const refused = spawnSync(join(project, 'node_modules', '.bin', 'tsc'), ['-p', '.'], {
    cwd: project,
    encoding: 'utf8',
  });
  assert.match(refused.stdout, /TS2322.*"finished"/);

  const command = spawnSync(join(root, 'node_modules', '.bin', 'errand'), ['nonsense'], { encoding: 'utf8' });
  assert.equal(command.status, 2);
  assert.match(command.stderr, /^Unknown command "nonsense"/);
  const installed = { node: join(project, 'node_modules', 'node22', 'bin', 'node'), project };
  createContainer(installed);
  compileClients({ project });
  await developService(installed);
  const node24 = join(project, 'node_modules', 'node24', 'bin', 'node');
  await useClient({ project, node22: installed.node, node24 });
  console.log(`errand-${version}.tgz works in TypeScript and JavaScript on Node.js 22 and 24`);
} finally {
  rmSync(parent, { recursive: true, force: true });
}

function compilerOptions() {
  const strictness = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false };
  return { ...strictness, module: 'nodenext', target: 'es2022', outDir: 'out', types: ['node'] };
}

function onNode(name: string, file: string): string {
  const node = join(project, 'node_modules', name, 'bin', 'node');
  return execFileSync(node, [file], { cwd: project, encoding: 'utf8' }).trim();
}

function write(name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

function run(command: string, options: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, options, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  assert.equal(status, 0, `${command} ${options.join(' ')} failed: ${stdout}${stderr}`);
}

function readJson<Value>(file: string): Value {
  return JSON.parse(readFileSync(file, 'utf8')) as Value; // files of this repository
}
