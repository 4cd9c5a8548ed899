import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { cachedDirectory } from '../../files/cached-directory.ts';
import { runProgram } from '../../files/run-program.ts';
import { BuildError } from '../../model/build-error.ts';
import type { BuildTarget } from '../../model/build-input.ts';
import { findNpm } from './find-npm.ts';
import { lacksMachineCode } from './lacks-machine-code.ts';
import { lockedPart } from './locked-packages.ts';

/** Packages to install, and where they will run. */
interface Installation {
  /** The exact version of each package, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** The folder of the service. */
  readonly folder: string;
  readonly target: BuildTarget;
  readonly cacheDirectory: string;
}

/**
 * Installs packages for the target into a directory that later builds use again, and returns its `node_modules`. Throws
 * `BuildError` with the packages, the target and npm's reason.
 */
export async function installPackages(installation: Installation): Promise<string> {
  const { versions, folder, target, cacheDirectory } = installation;
  const locked = lockedPart(versions, folder);
  const content = JSON.stringify([versions, locked, targetOptions(target), process.versions.modules]);
  const key = createHash('sha256').update(content).digest('hex').slice(0, 32);
  const directory = await cachedDirectory(join(cacheDirectory, 'node', key), async (draft) => {
    await writeFile(join(draft, 'package.json'), JSON.stringify({ private: true, dependencies: versions }));
    if (locked !== undefined) await writeFile(join(draft, 'package-lock.json'), JSON.stringify(locked));
    await runNpm(draft, installation);
    if (locked === undefined || missingCode(draft, installation).length === 0) return;
    // npm writes lockfiles that lack the packages of other platforms. https://github.com/npm/cli/issues/4828
    await rm(join(draft, 'package-lock.json'));
    await rm(join(draft, 'node_modules'), { recursive: true, force: true });
    await runNpm(draft, installation);
  });
  const missing = missingCode(directory, installation);
  if (missing.length === 0) return join(directory, 'node_modules');
  throw new BuildError(
    `${listOf(versions, missing)} has no machine code for ${placeOf(target)}: use another version or package, or a container.`,
  );
}

function missingCode(directory: string, { versions, target }: Installation): readonly string[] {
  return Object.keys(versions).filter((name) =>
    lacksMachineCode(name, join(directory, 'node_modules'), target),
  );
}

async function runNpm(cwd: string, { versions, target }: Installation): Promise<void> {
  const failed = `npm cannot install ${listOf(versions, Object.keys(versions))} for ${placeOf(target)}`;
  const npm = findNpm();
  if (npm === undefined) throw new BuildError(`${failed}: npm is not installed or not on the PATH.`);
  const options = ['--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const { succeeded, stderr } = await runProgram(
    process.execPath,
    [npm, 'install', ...options, ...targetOptions(target)],
    { cwd, timeoutSeconds: 900 },
  );
  if (!succeeded) throw new BuildError(`${failed}: ${reasonOf(stderr)}`);
}

/** https://docs.npmjs.com/cli/commands/npm-install#cpu; packages that download their code read the last two. */
function targetOptions(target: BuildTarget): readonly string[] {
  if (target.kind === 'local') return [`--os=${platform()}`, `--cpu=${arch()}`];
  const cpu = target.architecture === 'arm64' ? 'arm64' : 'x64';
  return ['--os=linux', `--cpu=${cpu}`, '--libc=glibc', '--platform=linux', `--arch=${cpu}`];
}

/** npm reports a code, then the reason, and then advice and the path of its log. */
function reasonOf(stderr: string): string {
  const lines = stderr
    .split(/\r?\n/)
    .map((line) => line.replace(/^npm (?:error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !/^(?:code|errno|syscall) |complete log/.test(line));
  return lines[0] ?? 'it reports no reason';
}

function listOf(versions: Readonly<Record<string, string>>, names: readonly string[]): string {
  return names.map((name) => `${name}@${versions[name]}`).join(', ');
}

function placeOf(target: BuildTarget): string {
  return target.kind === 'local' ? 'this machine' : `linux-${target.architecture}`;
}
