import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import { type ControlClient, findRunning } from '../../bin/control/control-client.ts';
import { freePort } from '../../local/free-port.ts';
import { until } from '../../local/test/fixture/until.ts';

const program = join(import.meta.dirname, '../../package/errand.js');
const startTimeoutMs = 120_000;

/** `errand start` as a separate process. */
export interface StartedService {
  readonly pid: number;
  readonly api: ApiAccess;
  readonly control: ControlClient;
  /** Ends the service as Ctrl-C does. */
  stop(): Promise<void>;
}

/** Starts `errand start` with a data folder that does not exist yet. Throws with its output if it ends before it is ready. */
export async function startService(dataDirectory: string): Promise<StartedService> {
  mkdirSync(dataDirectory);
  const child = spawn(process.execPath, [program, 'start', '--quiet', '--port', String(await freePort())], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ERRAND_DATA_DIR: dataDirectory },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let [problems, hasEnded] = ['', false];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    problems += text;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      hasEnded = true;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  try {
    const control = await until(
      'the service is ready',
      () => {
        if (hasEnded) throw new Error(`errand start has ended: ${problems}`);
        return findRunning(dataDirectory);
      },
      startTimeoutMs,
    );
    const apiKey = readFileSync(join(dataDirectory, 'api-key'), 'utf8').trim();
    return { pid: child.pid ?? 0, api: { url: control.apiUrl, apiKey }, control, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
