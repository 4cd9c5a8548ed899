import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cachedDirectory } from '../files/cached-directory.ts';
import { runProgram } from '../files/run-program.ts';
import { BuildError } from '../model/build-error.ts';
import type { BuildTarget } from '../model/build-input.ts';
import { findPython } from './find-python.ts';

/** What to install, and for which Python. */
interface Requirements {
  readonly file: string;
  readonly runtime: string;
  readonly target: BuildTarget;
  readonly cacheDirectory: string;
}

/**
 * Installs the packages of a `requirements.txt` into a directory that later builds with the same content use again, and
 * returns it. Throws `BuildError` with pip's reason.
 */
export async function installRequirements(requirements: Requirements): Promise<string> {
  const { file, runtime, target, cacheDirectory } = requirements;
  const python = await findPython(runtime);
  const platform =
    target.kind === 'local' ? `local ${python.program} ${python.version}` : target.architecture;
  const key = createHash('sha256')
    .update(JSON.stringify([withIncluded(file), runtime, platform]))
    .digest('hex');
  return cachedDirectory(join(cacheDirectory, 'python', key.slice(0, 32)), async (draft) => {
    const { succeeded, stderr } = await runProgram(
      python.program,
      [
        '-m',
        'pip',
        'install',
        ...options,
        ...platformOptions(runtime, target),
        '--target',
        draft,
        '-r',
        file,
      ],
      { timeoutSeconds: 900 },
    );
    if (succeeded) return;
    const place = target.kind === 'local' ? 'this machine' : `Lambda on ${target.architecture}`;
    throw new BuildError(
      `pip cannot install the packages for ${place}: ${reasonOf(stderr, python.program)}`,
      {
        file: 'requirements.txt',
      },
    );
  });
}

/**
 * The content of a file of requirements and of the files that it includes with `-r` or `-c`.
 * https://pip.pypa.io/en/stable/reference/requirements-file-format/
 */
function withIncluded(file: string, known: readonly string[] = []): readonly string[] {
  if (known.includes(file) || !existsSync(file)) return [];
  const content = readFileSync(file, 'utf8');
  const names = [...content.matchAll(/^\s*(?:-r|-c|--requirement|--constraint)[ =]*(\S+)/gm)];
  const included = names.map(([, name = '']) => resolve(dirname(file), name));
  return [content, ...included.flatMap((other) => withIncluded(other, [...known, file]))];
}

const options = ['--disable-pip-version-check', '--no-input', '--quiet', '--no-warn-script-location'];

/**
 * The newest version of glibc in each runtime. https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html#glibc-gcc-and-binutils
 */
const glibcMinor = { 'python3.11': 26 } as Readonly<Record<string, number>>;
const oldestGlibcMinor = 17;

/**
 * Wheels for Lambda instead of this machine. A wheel names the oldest glibc that it needs, and pip compares the names only,
 * so each version that the runtime supports is an option. https://peps.python.org/pep-0600/
 */
function platformOptions(runtime: string, target: BuildTarget): readonly string[] {
  if (target.kind === 'local') return [];
  const processor = target.architecture === 'arm64' ? 'aarch64' : 'x86_64';
  const newest = glibcMinor[runtime] ?? 34;
  const versions = Array.from({ length: newest - oldestGlibcMinor + 1 }, (_, index) => newest - index);
  const tags = [...versions.map((minor) => `manylinux_2_${minor}`), 'manylinux2014', 'linux'];
  return [
    ...tags.flatMap((tag) => ['--platform', `${tag}_${processor}`]),
    ...['--implementation', 'cp', '--python-version', runtime.replace('python', '')],
    ...['--only-binary=:all:', '--no-compile'],
  ];
}

/** The last error that pip reports, as one line. */
function reasonOf(stderr: string, program: string): string {
  if (/No module named pip\b/.test(stderr)) return `${program} has no pip: run \`${program} -m ensurepip\`.`;
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  const errors = lines.filter((line) => /^ERROR:/.test(line));
  return (errors.at(-1) ?? lines.at(-1) ?? 'no reason').replace(/^ERROR:\s*/, '');
}
