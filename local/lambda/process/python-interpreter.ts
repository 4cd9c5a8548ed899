import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inheritedPath } from '../../processes/inherited-path.ts';

/** An interpreter of Python on this machine. */
export interface PythonInterpreter {
  /** Absolute path of the program. */
  readonly program: string;
  /** Major and minor version, such as `3.12`. */
  readonly version: string;
}

const run = promisify(execFile);
const timeoutMs = 10_000;
const found = new Map<string, Promise<PythonInterpreter | undefined>>();

/** The runtime client of this package needs at least this version. */
const oldest = [3, 9] as const;

/**
 * Finds the interpreter for a version of Python, such as `3.12`: `python3.12` on the PATH, otherwise `python3` or
 * `python`, whatever its version from 3.9 on. Returns undefined if none works. An interpreter that was found is kept,
 * because each search starts programs.
 */
export function findPython(version: string): Promise<PythonInterpreter | undefined> {
  const key = `${version} ${process.env['PATH']}`;
  const known = found.get(key) ?? searchPython(version);
  found.set(key, known);
  void known.then((interpreter) => interpreter ?? found.delete(key));
  return known;
}

async function searchPython(version: string): Promise<PythonInterpreter | undefined> {
  const exact = await describeInterpreter(`python${version}`);
  if (exact !== undefined) return exact;
  for (const name of ['python3', 'python']) {
    const other = await describeInterpreter(name);
    if (other !== undefined && isRecent(other.version)) return other;
  }
  return undefined;
}

/** Starts the interpreter: a version manager may install a script for a version that is not available. */
async function describeInterpreter(name: string): Promise<PythonInterpreter | undefined> {
  const script = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';
  try {
    const { stdout } = await run(name, ['-c', script], { env: inheritedPath(), timeout: timeoutMs });
    const [program, version] = stdout.trim().split(/\r?\n/);
    return program === undefined || version === undefined ? undefined : { program, version };
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major === oldest[0] && minor >= oldest[1];
}
