/**
 * `npm run verify:team-app`: copies examples/team-app outside the checkout, installs it from the packed tarball, checks its
 * types, synthesizes it with the CDK CLI, and checks the assembly: names, runtimes, native packages for Linux on arm64, and
 * the findings of cdk-nag. Then runs it with `errand start --app`, registers its services, and runs a job of each. Needs the registries of npm and Python. Exits with 1 at the first error.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { functionsOf, resourcesOf } from './assembly.ts';
import { runLocally } from './run-locally.ts';

const root = resolve(import.meta.dirname, '..', '..');
const example = join(root, 'examples', 'team-app');
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, never>;
const { version } = readJson(join(root, 'package', 'package.json'));
const { devDependencies } = readJson(join(root, 'package.json'));

/** The team's stack with the checks of cdk-nag, which the team itself does not use. */
const checkedApp = `
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { TeamStack } from './team-stack.ts';

const app = new App({ outdir: 'checked.out' });
const stack = new TeamStack(app, 'TeamApp');
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
// The team's own queue, which no construct of Errand has created.
Validations.of(stack.node.findChild('NotProcessed')).acknowledge({ id: 'Serverless-SQSRedrivePolicy', reason: 'It is a dead-letter queue.' });
app.synth();
`;

const folder = mkdtempSync(join(tmpdir(), 'errand-team-app-'));
const app = join(folder, 'team-app');
const assembly = join(app, 'cdk.out');
try {
  install();
  run(join(app, 'node_modules', '.bin', 'tsc'), ['-p', '.']);
  // Apps of the CDK are often CommonJS modules, which can require the package too.
  run(process.execPath, ['--eval', "if (!require('errand/cdk').LambdaService) process.exit(1)"]);
  synthesize();
  checkFunctions();
  checkContainer();
  checkRule();
  checkSecondSynthesis();
  checkFindings();
  await runLocally(app);
  checkErrors();
  console.log('The team app installs from the tarball, compiles, synthesizes, and runs on this machine');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function install(): void {
  run('npm', ['run', '--silent', 'pack'], root);
  const isSource = (path: string) =>
    !['node_modules', 'cdk.out', 'package-lock.json'].includes(basename(path));
  cpSync(example, app, { recursive: true, filter: isSource });
  const manifest = join(app, 'package.json');
  const tarball = join(root, 'dist', `errand-${version}.tgz`);
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/file:[^"]+/, `file:${tarball}`));
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', `cdk-nag@${devDependencies?.['cdk-nag']}`]);
}

function synthesize(): void {
  run('npx', ['cdk', 'synth', '--quiet']);
}

function checkFunctions(): void {
  const [matchNames, thumbnails, ...others] = functionsOf(assembly, 'TeamApp');
  assert.deepEqual(others, []);
  const { files: pythonFiles = [], ...python } = matchNames ?? {};
  assert.deepEqual(python, {
    name: 'errand-service-match-names',
    runtime: 'python3.14',
    handler: 'main.handler',
    architectures: ['arm64'],
  });
  assert.ok(pythonFiles.includes('main.py'));
  const extensions = pythonFiles.filter((file) => /^rapidfuzz\/.*\.so$/.test(file));
  assert.ok(extensions.length > 0, 'rapidfuzz is not in the code of match-names');
  for (const file of extensions) assert.match(file, /cpython-314-aarch64-linux-gnu/);

  const { files: nodeFiles = [], ...node } = thumbnails ?? {};
  assert.deepEqual(node, {
    name: 'errand-service-thumbnails',
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    architectures: ['arm64'],
  });
  assert.ok(nodeFiles.includes('index.mjs'));
  const images = new Set(
    nodeFiles.flatMap((file) => /^node_modules\/@img\/(sharp-[^/]+)/.exec(file)?.[1] ?? []),
  );
  assert.deepEqual([...images].sort(), ['sharp-libvips-linux-arm64', 'sharp-linux-arm64']);
}

function checkContainer(): void {
  const [definition, ...others] = resourcesOf(assembly, 'TeamApp', 'AWS::Batch::JobDefinition');
  assert.deepEqual(others, []);
  assert.equal(definition?.['JobDefinitionName'], 'errand-job-estimate-pi');
  assert.deepEqual(definition?.['PlatformCapabilities'], ['FARGATE']);
  assert.equal(globSync('asset.*/Dockerfile', { cwd: assembly }).length, 1);
}

function checkRule(): void {
  const [rule, ...others] = resourcesOf(assembly, 'TeamApp', 'AWS::Events::Rule');
  assert.deepEqual(others, []);
  assert.equal(rule?.['EventBusName'], 'errand-events');
  assert.deepEqual(rule?.['EventPattern'], {
    source: ['errand'],
    'detail-type': ['succeeded', 'failed', 'error', 'aborted'].map((state) => `errand.job.${state}`),
    detail: { data: { service: { name: ['thumbnails', 'match-names', 'estimate-pi'] } } },
  });
}

/** Unchanged sources produce the same assets, so that a deployment changes nothing. */
function checkSecondSynthesis(): void {
  const assets = () => globSync('asset.*', { cwd: assembly }).sort();
  const first = assets();
  rmSync(assembly, { recursive: true });
  synthesize();
  assert.deepEqual(assets(), first);
}

function checkFindings(): void {
  const checked = join(app, 'checked-app.ts');
  writeFileSync(checked, checkedApp);
  run(process.execPath, [checked]);
}

/** The CLI shows the error of a manifest and of code as one sentence each, without the stack of the CDK. */
function checkErrors(): void {
  const manifest = join(app, 'thumbnails', 'service.json');
  const original = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, original.replace('"memoryMiB": 1024', '"memoryMiB": 64'));
  assert.match(synthesisError(), /^thumbnails\/service\.json: source\.memoryMiB must be /m);
  writeFileSync(manifest, original);
  const code = join(app, 'thumbnails', 'src', 'index.ts');
  writeFileSync(code, `${readFileSync(code, 'utf8')}}\n`);
  assert.match(synthesisError(), /^thumbnails\/service\.json: src\/index\.ts:\d+:\d+: Unexpected "}"$/m);
}

function synthesisError(): string {
  const { status, stderr } = start('npx', ['cdk', 'synth', '--quiet'], app);
  assert.equal(status, 1);
  assert.doesNotMatch(stderr, /node_modules/);
  return stderr;
}

function run(command: string, options: readonly string[], cwd = app): void {
  const { status, error, stdout, stderr } = start(command, options, cwd);
  if (error !== undefined) throw error;
  assert.equal(status, 0, `${command} ${options.join(' ')} failed: ${stdout}${stderr}`);
}

/** Programs run on the Node.js of this program. */
function start(command: string, options: readonly string[], cwd: string) {
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  return spawnSync(command, options, { cwd, encoding: 'utf8', env: { ...process.env, PATH: path } });
}
