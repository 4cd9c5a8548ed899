/*
`npm run verify:clients`: judges the OpenAPI document by the tools of others. Spectral must find nothing in it. From the document that
a local service serves, openapi-typescript and openapi-python-client generate clients; the programs beside this file use them against
the service, and calls that are wrong must not compile. Needs the registries of npm and Python, and python3 (3.11 or later) with pip.
*/
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { startChangedErrand } from '../support/local-service/changed-errand.ts';
import { nodeEnvironment } from '../support/processes/node-environment.ts';
import { pythonEnvironment } from '../support/processes/python-environment.ts';

const here = import.meta.dirname;
const node = nodeEnvironment(join(here, 'typescript'));
const python = pythonEnvironment(join(here, 'python', 'requirements.txt'));
const work = mkdtempSync(join(tmpdir(), 'errand-clients-'));
const document = join(work, 'openapi.json');
const errand = await startChangedErrand([]);
try {
  const { body } = await errand.call('/v1/openapi.json', { withKey: false });
  writeFileSync(document, JSON.stringify(body));
  await lint();
  await checkTypeScript();
  await checkPython();
  console.log('Spectral finds nothing, and the generated clients of TypeScript and Python compile and run');
} finally {
  await errand.end();
  rmSync(work, { recursive: true, force: true });
}

async function lint(): Promise<void> {
  const rules = join(work, 'rules.yaml');
  writeFileSync(rules, 'extends: ["spectral:oas"]\n');
  await run([tool('spectral'), 'lint', '--ruleset', rules, '--fail-severity', 'hint', document], work);
}

async function checkTypeScript(): Promise<void> {
  const folder = join(work, 'typescript');
  cpSync(join(here, 'typescript'), folder, { recursive: true });
  symlinkSync(join(node, 'node_modules'), join(folder, 'node_modules'));
  await run([tool('openapi-typescript'), document, '--output', 'errand.ts'], folder);
  await run([tool('tsc'), '-p', '.'], folder);
  await run([process.execPath, 'run-client.ts'], folder);
}

async function checkPython(): Promise<void> {
  const folder = join(work, 'python');
  mkdirSync(folder);
  for (const name of ['run_client.py', 'refused_calls.py'])
    cpSync(join(here, 'python', name), join(folder, name));
  const generate = [
    'generate',
    '--path',
    document,
    '--output-path',
    'errand',
    '--meta',
    'none',
    '--fail-on-warning',
  ];
  await run([join(python, 'openapi-python-client'), ...generate], folder);
  const strict = ['--strict', '--follow-imports', 'silent', 'run_client.py', 'refused_calls.py'];
  await run([join(python, 'mypy'), ...strict], folder);
  await run([join(python, 'python'), 'run_client.py'], folder);
}

function tool(name: string): string {
  return join(node, 'node_modules', '.bin', name);
}

/** Runs a program beside the service, which is part of this process. Throws what it printed when it fails. */
async function run([command = '', ...options]: readonly string[], cwd: string): Promise<void> {
  const path = [dirname(process.execPath), python, process.env['PATH']].join(delimiter);
  const env = { ...process.env, PATH: path, ERRAND_URL: errand.url, ERRAND_API_KEY: errand.apiKey };
  const child = spawn(command, options, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (printed += part.toString()));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (status !== 0) throw new Error(`${command} ${options.join(' ')} ended with ${status}:\n${printed}`);
}
