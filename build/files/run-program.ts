import { execFile } from 'node:child_process';

/** How a program ended. `isMissing` is true when the program is not installed. */
export interface ProgramResult {
  readonly isMissing: boolean;
  readonly succeeded: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

interface ProgramOptions {
  readonly cwd?: string;
  readonly input?: string;
  /** Default: the variables of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
}

/** Runs a program without a shell and waits for its end. A program that takes too long is killed. Never rejects. */
export function runProgram(
  file: string,
  parameters: readonly string[],
  { cwd, input, environment, timeoutSeconds }: ProgramOptions,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = {
      timeout: timeoutSeconds * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
      windowsHide: true,
      ...(cwd === undefined ? {} : { cwd }),
      ...(environment === undefined ? {} : { env: environment }),
    } as const;
    const child = execFile(file, parameters, options, (error, stdout, stderr) => {
      const isMissing = error !== null && error.code === 'ENOENT';
      const cause = error?.killed === true ? `${stderr}\nIt took longer than ${timeoutSeconds} s` : stderr;
      resolve({ isMissing, succeeded: error === null, stdout, stderr: cause });
    });
    // A program that ends without reading its input closes the pipe.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
