/*
`npm run verify:deploy`: deploys the stacks with the stock CDK CLI onto a third-party emulator of AWS, and runs checks there.
Prints what the emulator lacks, and exits with 1 when a check fails. Needs python3 (3.11 or later) with pip, and openssl. `npm run
verify:deploy -- --keep` keeps the folder with all logs.
*/
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asError } from '../../core/std/as-error.ts';
import { pythonEnvironment } from '../support/processes/python-environment.ts';
import { leftOut } from './deployed-suites.ts';
import { runStep, say } from './run-step.ts';
import { type Emulator, startEmulator } from './start-emulator.ts';

const here = import.meta.dirname;
const work = mkdtempSync(join(tmpdir(), 'errand-deploy-'));
const isKept = process.argv.includes('--keep');

const python = pythonEnvironment(join(here, 'requirements.txt'));
say('installed');
const emulator = await startEmulator(work, python);
say('started the emulator');
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void emulator.stop().finally(() => process.exit(1)));
try {
  await tryDeployment(emulator);
  printLeftOut();
} catch (error) {
  console.error(asError(error).message);
  process.exitCode = 1;
} finally {
  await emulator.stop();
  if (isKept) say(`logs: ${work}`);
  else rmSync(work, { recursive: true, force: true });
}

async function tryDeployment({ env }: Emulator): Promise<void> {
  const output = ['--output', join(work, 'cdk.out')];
  const step = (name: string, command: readonly [string, ...string[]], isShown = false) =>
    runStep({ name, command, env, isShown, logFile: join(work, `${name}.log`) });
  await step('bootstrapped', ['cdk', 'bootstrap', ...output]);
  const all = ['--all', '--require-approval', 'never', '--outputs-file', join(work, 'outputs.json')];
  await step('deployed', ['cdk', 'deploy', ...all, ...output]);
  // Calls wait as far as the account's limit allows, which the reconciler reads once an hour.
  await step('read the limit of the account', ['node', join(here, 'read-account-limit.ts')]);
  await check(['suites', 'deployed'], env);
  await check(['refused'], env);
  await check(['upgraded'], env);
  // While stacks are destroyed, roles lose their policies before the last executions end.
  copyFileSync(join(work, 'decisions'), join(work, 'decisions-before-destroy'));
  await step('destroyed', ['cdk', 'destroy', '--all', '--force', ...output]);
  await check(['destroyed'], env);
}

/** Checks run where AWS's names resolve to the emulator. */
async function check(projects: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  writeCurlSettings(env);
  const names = `--import ${join(here, 'runtime/aws-names.ts')}`;
  const selected = projects.flatMap((project) => ['--project', project]);
  const command = ['vitest', 'run', '--config', join(here, 'vitest.config.ts'), ...selected] as const;
  const logFile = join(work, `${projects.join('-')}.log`);
  const inNames = { ...env, NODE_OPTIONS: names, CURL_HOME: work };
  await runStep({ name: `checked: ${projects}`, command, env: inNames, logFile, isShown: true });
}

/** The walk-through of the README calls the API with curl. */
function writeCurlSettings({ EMULATOR_PORT, NODE_EXTRA_CA_CERTS }: NodeJS.ProcessEnv): void {
  const lines = [`connect-to = "::127.0.0.1:${EMULATOR_PORT}"`, `cacert = "${NODE_EXTRA_CA_CERTS}"`, ''];
  writeFileSync(join(work, '.curlrc'), lines.join('\n'));
}

function printLeftOut(): void {
  console.log('What the emulator lacks, bridged by test/deploy/emulator and test/deploy/runtime:');
  console.log(readFileSync(join(work, 'gaps'), 'utf8').replaceAll(/^/gm, '  ').trimEnd());
  console.log('Tests of the suites that were left out:');
  for (const { reason, tests } of leftOut) console.log(`  ${reason}: ${tests.join('; ')}`);
}
