/** Runs the architecture rule and makes sure that it looked at the whole project: a checker that sees nothing finds nothing. */
import { spawnSync } from 'node:child_process';

/** A floor well below today's number of modules; raise it as the project grows. */
const fewestModules = 500;
const rooms = ['aws', 'bin', 'core', 'examples', 'functions', 'infra', 'local', 'package', 'test', 'worker'];

const run = spawnSync(
  'depcruise',
  ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', ...rooms],
  {
    encoding: 'utf8',
  },
);
const output = `${run.stdout}${run.stderr}`;
console.log(output.trim());
const cruised = Number(/(\d+) modules/.exec(output)?.[1] ?? 0);
if (run.status !== 0) process.exitCode = 1;
if (cruised < fewestModules) {
  console.error(`Only ${cruised} modules were looked at; at least ${fewestModules} are expected`);
  process.exitCode = 1;
}
