import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BoundProcess } from '../processes/bound-process.ts';
import { inheritedPath } from '../processes/inherited-path.ts';
import { spawnBound } from '../processes/spawn-bound.ts';

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

const startAttempts = 5;
const startTimeoutMs = 10_000;
/** Time between SIGTERM and SIGKILL, in which the engine completes open requests. */
const graceMs = 2_000;

/**
 * Starts the engine with its data in `directory`, on a free port of a loopback address. Throws if the engine
 * does not listen within 10 s or ends at once.
 */
export async function startEngineProcess(binary: string, directory: string): Promise<EngineProcess> {
  mkdirSync(directory, { recursive: true });
  const databaseFile = join(directory, 'tables.db');
  for (let attempt = 1; ; attempt++) {
    const { host, port } = await freeAddress();
    const engine = spawnBound({
      command: [binary, 'serve', '--host', host, '--port', String(port), '--db-path', databaseFile],
      environment: inheritedPath(),
      graceMs,
    });
    try {
      await listening(engine);
      return handle(engine, `http://${host}:${port}`, databaseFile);
    } catch (error) {
      engine.end();
      if (attempt === startAttempts) throw error;
    }
  }
}

function handle(engine: BoundProcess, endpoint: string, databaseFile: string): EngineProcess {
  const ended = engine.ended.then(() => undefined);
  return {
    endpoint,
    databaseFile,
    // The engine has sent output, so it has a process id.
    pid: engine.pid as number,
    ended,
    async stop() {
      engine.end();
      await ended;
    },
  };
}

/**
 * Resolves when the engine reports on its standard error that it listens; its other lines are kept for an
 * error.
 */
async function listening({ errors, ended }: BoundProcess): Promise<void> {
  const problems: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`the DynamoDB engine ${why}: ${problems.join('; ')}`));
    };
    const timer = setTimeout(() => fail('did not start in time'), startTimeoutMs);
    void ended.then(({ failure, exitCode }) =>
      fail(failure === undefined ? `ended with exit code ${exitCode}` : `could not be started: ${failure}`),
    );
    if (errors === null) return;
    createInterface({ input: errors }).on('line', (line) => {
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
 * Linux and Windows support. macOS has only 127.0.0.1 by default.
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
