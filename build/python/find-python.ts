import { runProgram } from '../files/run-program.ts';
import { BuildError } from '../model/build-error.ts';

/** An interpreter on this machine. */
export interface Python {
  /** Absolute path of the program. */
  readonly program: string;
  /** Major and minor version, such as `3.14`. */
  readonly version: string;
}

const found = new Map<string, Python>();

/**
 * Finds the interpreter for a runtime such as `python3.14`: the one of this version, otherwise any Python 3. The local
 * runtime chooses in the same order. Throws `BuildError` if none is installed.
 */
export async function findPython(runtime: string): Promise<Python> {
  const known = found.get(runtime);
  if (known !== undefined) return known;
  for (const name of [runtime, 'python3', 'python']) {
    const python = await describePython(name);
    if (python === undefined) continue;
    found.set(runtime, python);
    return python;
  }
  const version = runtime.replace('python', '');
  throw new BuildError(
    `Python is not installed: install Python ${version} so that \`${runtime}\` or \`python3\` is on the PATH.`,
  );
}

/** A version manager may install a script for a version that is not available, so the interpreter is started. */
async function describePython(name: string): Promise<Python | undefined> {
  const script = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';
  const { succeeded, stdout } = await runProgram(name, ['-c', script], { timeoutSeconds: 20 });
  const [program = '', version = ''] = stdout.trim().split(/\r?\n/);
  return succeeded && program !== '' && version.startsWith('3.') ? { program, version } : undefined;
}
