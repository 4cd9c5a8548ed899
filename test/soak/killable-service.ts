import assert from 'node:assert/strict';
import { isRunning, until } from '../../local/test/fixture/until.ts';
import {
  type ServiceProcess,
  type ServiceSettings,
  spawnService,
} from '../support/local-service/service-process.ts';

/** A local service that is killed and started again over the same data; one process at a time. */
export interface KillableService {
  /** Of the process that runs now. */
  url(): string;
  start(): Promise<void>;
  /** With SIGKILL. Throws when something that it had started lives on. */
  kill(): Promise<void>;
  /** With SIGTERM. Throws unless it ends well and quietly, and nothing that it had started lives on. */
  stop(): Promise<void>;
  /** Ends whatever is left, after any failure. */
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

/** What runs for a container is no child any more once the service has ended: the family was noted before. */
async function untilGone(service: ServiceProcess): Promise<void> {
  await until('all that the service had started ends', () => !service.family().some(isRunning));
}
