import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning } from '../../../local/test/fixture/until.ts';
import { childrenOf } from '../processes/processes.ts';

const root = new URL('../../../', import.meta.url).pathname;

/** The program of `npm start` and the options of Node.js that the script starts it with. */
const { start, startOptions } = startScript();

function startScript(): { readonly start: string; readonly startOptions: readonly string[] } {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const [, , ...words] = scripts.start.split(' ');
  return { start: join(root, words.at(-1) ?? ''), startOptions: words.slice(0, -1) };
}

export interface ServiceEnd {
  readonly exitStatus: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its output to standard error. */
  readonly problems: string;
}

/** `npm start` as a separate process. */
export interface ServiceProcess {
  readonly pid: number;
  /** Its URL, once it has reported that it is ready; rejects with its output when it ended before. */
  readonly ready: Promise<string>;
  readonly ended: Promise<ServiceEnd>;
  /** The process and its current descendants. */
  family(): readonly number[];
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGUSR2'): void;
  /** Kills it, and then all descendants that are still running; a test that needs the latter has failed already. */
  end(): Promise<void>;
}

export interface ServiceSettings {
  readonly dataDirectory: string;
  readonly apiKey: string;
  /** Any free port if absent. */
  readonly port?: number;
  /** Path of another program that starts the service; absent, what `npm start` runs. */
  readonly program?: string;
  /** Options of Node.js itself, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
}

export function spawnService({
  dataDirectory,
  apiKey,
  port = 0,
  program = start,
  nodeOptions = [],
}: ServiceSettings): ServiceProcess {
  const child = spawn(process.execPath, [...startOptions, ...nodeOptions, program], {
    env: {
      PATH: process.env['PATH'],
      ERRAND_PORT: String(port),
      ERRAND_DATA_DIR: dataDirectory,
      ERRAND_API_KEY: apiKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const problems: string[] = [];
  if (child.stderr !== null)
    createInterface({ input: child.stderr }).on('line', (line) => problems.push(line));
  const ended = new Promise<ServiceEnd>((resolve) => {
    child.once('close', (exitStatus, signal) =>
      resolve({ exitStatus, signal, problems: problems.join('\n') }),
    );
  });
  const pid = child.pid ?? 0;
  const known = new Set<number>();
  const family = () => {
    for (const one of [pid, ...childrenOf(pid)]) known.add(one);
    return [...known];
  };
  const ready = addressOf(child, ended);
  ready.catch(() => undefined); // A test that expects no start does not wait for one.
  return {
    pid,
    ready,
    ended,
    family,
    signal: (name) => {
      family();
      child.kill(name);
    },
    end: async () => {
      family();
      child.kill('SIGKILL');
      await ended;
      for (const one of known) if (isRunning(one)) process.kill(one, 'SIGKILL');
    },
  };
}

function addressOf(child: ChildProcess, ended: Promise<ServiceEnd>): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const address = /^Errand is ready at (\S+)$/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
    void ended.then(({ problems }) =>
      reject(new Error(`the service ended before it was ready: ${problems}`)),
    );
  });
}
