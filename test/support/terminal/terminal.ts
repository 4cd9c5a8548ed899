import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { until } from '../../../local/test/fixture/until.ts';

/** A program in a pseudo-terminal. Needs Python. */
export interface Terminal {
  /** What the program has printed, without colours and other control sequences. */
  text(): string;
  /** Waits until the text that was printed after the last match matches. */
  waitFor(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  /** Settles with the exit status of the program. */
  readonly ended: Promise<number>;
}

const program = join(import.meta.dirname, 'run_in_terminal.py');

/** A first start synthesizes nothing in a test, but the machine may be busy. */
const timeoutMs = 60_000;

export function openTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Terminal {
  const child = spawn('python3', [program, ...command], { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  const text = () => stripVTControlCharacters(output).replaceAll('\r', '\n');
  const ended = new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)));
  return {
    text,
    waitFor: async (pattern) => {
      try {
        await until(`the terminal prints ${pattern}`, () => pattern.test(text().slice(seen)), timeoutMs);
      } catch (error) {
        throw new Error(`${String(error)}; it has printed:\n${text()}`);
      }
      const match = pattern.exec(text().slice(seen));
      seen += (match?.index ?? 0) + (match?.[0].length ?? 0);
    },
    type: (keys) => void child.stdin.write(keys),
    ended,
  };
}
