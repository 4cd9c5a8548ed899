import assert from 'node:assert/strict';
import { isRunning, until } from '../../local/test/fixture/until.ts';
import {
  type ServiceProcess,
  type ServiceSettings,
  spawnService,
} from '../support/local-service/service-process.ts';

/** A local service that is killed and started again over the same data; one process at a time. */
export interface KillableService {
  /** The id of the running process. */
  url(): string;
  start(): Promise<void>;
  /** Kills the service with SIGKILL. Throws when a process that it had started survives. */
  kill(): Promise<void>;
  /**
   * Stops the service with SIGTERM. Throws unless it exits with 0 and no error output, and no process that it had started
   * survives.
   */
  stop(): Promise<void>;
  /** Ends all remaining processes, after any failure. */
  end(): Promise<void>;
}

export function killableService(settings: ServiceSettings): KillableService {
  const processes: ServiceProcess[] = [];
  let url = '';
  const current = () => {
    const last = processes.at(-1);
    if (last === undefined) throw new Error('The service was never started');
    return last;
  };
  return {
    url: () => url,
    async start() {
      const one = spawnService(settings);
      processes.push(one);
      url = await one.ready;
    },
    async kill() {
      current().signal('SIGKILL');
      await current().ended;
      await untilGone(current());
    },
    async stop() {
      current().signal('SIGTERM');
      assert.deepEqual(await current().ended, { exitStatus: 0, signal: null, problems: '' });
      await untilGone(current());
    },
    async end() {
      for (const one of processes) await one.end();
    },
  };
}

/** Processes of a container are not children any more once the service has ended: their ids were recorded before. */
async function untilGone(service: ServiceProcess): Promise<void> {
  await until('all that the service had started ends', () => !service.family().some(isRunning));
}
