import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A running DynamoDB engine that this process started. */
export interface EngineProcess {
  readonly endpoint: string;
  /** SQLite file with all tables. */
  readonly databaseFile: string;
  readonly pid: number;
  /** Resolves when the process has ended, intentionally or not; never rejects. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs the engine in place of the shell, next to a watcher process that reads a pipe from this process. The
 * pipe closes when this process ends for any reason, and then the watcher ends the engine. The pipe is kept
 * as descriptor 3, because a shell gives its background processes no standard input.
 */
const watched = `
exec 3<&0
( exec >/dev/null 2>&1
  cat <&3
  kill -TERM $$ || exit 0
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.1; kill -0 $$ || exit 0; done
  kill -KILL $$
) &
exec "$@" 3<&- </dev/null
`;

const startAttempts = 5;
const startTimeoutMs = 10_000;

/**
 * Starts the engine with its data in `directory`, on a free port of a loopback address. Throws if the engine
 * does not listen within 10 s or ends at once. The engine has its own process group, so that Ctrl-C does not
 * end it before this process.
 */
export async function startEngineProcess(binary: string, directory: string): Promise<EngineProcess> {
  mkdirSync(directory, { recursive: true });
  const databaseFile = join(directory, 'tables.db');
  for (let attempt = 1; ; attempt++) {
    const { host, port } = await freeAddress();
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        watched,
        'dynamodb',
        binary,
        'serve',
        '--host',
        host,
        '--port',
        String(port),
        '--db-path',
        databaseFile,
      ],
      { detached: true, env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' } },
    );
    try {
      await listening(child);
      return handle(child, `http://${host}:${port}`, databaseFile);
    } catch (error) {
      child.stdin.destroy();
      if (attempt === startAttempts) throw error;
    }
  }
}

function handle(
  child: ChildProcessWithoutNullStreams,
  endpoint: string,
  databaseFile: string,
): EngineProcess {
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      child.stdin.destroy();
      resolve();
    });
  });
  return {
    endpoint,
    databaseFile,
    // The child has sent output, so it has a process id.
    pid: child.pid as number,
    ended,
    async stop() {
      child.stdin.destroy();
      await ended;
    },
  };
}

/**
 * Resolves when the engine reports on its standard error that it listens; its other lines are kept for an
 * error.
 */
async function listening(child: ChildProcessWithoutNullStreams): Promise<void> {
  const problems: string[] = [];
  child.stdin.on('error', () => {});
  child.stdout.resume();
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`the DynamoDB engine ${why}: ${problems.join('; ')}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), startTimeoutMs);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended with ${signal ?? code}`));
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (problems.length < 50) problems.push(line);
      if (!line.includes('listening')) return;
      clearTimeout(timer);
      resolve();
    });
  });
}

interface FreeAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * The engine has no authentication and allows web pages of any origin to read its responses. It therefore
 * listens where no page can find it: on a random one of the 16 million addresses of 127.0.0.0/8, all of which
 * Linux supports. Other systems have only 127.0.0.1.
 */
async function freeAddress(): Promise<FreeAddress> {
  const [second, third, fourth] = [randomInt(1, 255), randomInt(0, 256), randomInt(1, 255)];
  try {
    return await freePortOf(`127.${second}.${third}.${fourth}`);
  } catch {
    return freePortOf('127.0.0.1');
  }
}

/** The engine does not report the port that it selected, so a free port is found for it. */
async function freePortOf(host: string): Promise<FreeAddress> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('no free TCP port was found for the DynamoDB engine');
  return { host, port: address.port };
}
