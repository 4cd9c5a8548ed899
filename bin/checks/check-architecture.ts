/**
 * Runs the architecture check and fails if it covered too few modules: a check of no files finds no
 * violations.
 */
import { spawnSync } from 'node:child_process';
import { packageProgram } from '../package-program.ts';

/** Well below the current number of modules; raise it as the project grows. */
const fewestModules = 500;
const modules = [
  'aws',
  'bin',
  'cli',
  'client',
  'build',
  'constructs',
  'core',
  'examples',
  'functions',
  'infra',
  'local',
  'manifest',
  'package',
  'test',
  'worker',
];

const run = spawnSync(
  process.execPath,
  [
    packageProgram('dependency-cruiser', 'depcruise'),
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err',
    ...modules,
  ],
  {
    encoding: 'utf8',
  },
);
const output = `${run.stdout}${run.stderr}`;
console.log(output.trim());
const cruised = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
if (run.status !== 0) process.exitCode = 1;
if (cruised < fewestModules) {
  console.error(
    `The check covered only ${cruised} modules; expected at least ${fewestModules}: check the list of folders`,
  );
  process.exitCode = 1;
}
