import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

const program = 'npm-cli.js';

/**
 * The program of npm for `process.execPath`; undefined if npm is not installed. The command `npm` itself is a script on
 * Windows, which cannot be started without a shell.
 */
export function findNpm(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders, dirname(process.execPath)].flatMap((folder) => [
    join(folder, 'npm'),
    join(folder, 'node_modules', 'npm', 'bin', program),
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', program),
  ]);
  return [...ofRunningNpm(), ...candidates]
    .filter((file) => existsSync(file))
    .map((file) => realpathSync(file))
    .find((file) => basename(file) === program);
}

/** npm and npx set the path of their own program for what they run; other package managers set theirs. */
function ofRunningNpm(): readonly string[] {
  const running = process.env['npm_execpath'];
  return running === undefined ? [] : [join(dirname(running), program)];
}
