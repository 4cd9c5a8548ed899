import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, until } from '../../local/test/fixture/until.ts';
import {
  type ServiceProcess,
  type ServiceSettings,
  spawnService,
} from '../support/local-service/service-process.ts';

/** A call of a function to an AWS service. */
export interface KillPoint {
  readonly functionName: string;
  /** Signing name, such as `dynamodb`. */
  readonly service: string;
  /** Operation, such as `PutItem`. */
  readonly action: string;
}

/** The file in the data folder that names the next kill point, for the program `fixture/delivering-service.ts`. */
export const killPointFile = 'kill-point.json';

/** A local service that is killed and started again over the same data; one process at a time. */
export interface KillableService {
  /** The id of the running process. */
  url(): string;
  start(): Promise<void>;
  /** Kills the service with SIGKILL. Throws when a process that it had started survives. */
  kill(): Promise<void>;
  /**
   * Lets the service kill itself instead of executing the next call of this kind; its program must be `fixture/delivering-service.ts`.
   * Throws when it makes no such call within a minute, and when a process that it had started survives.
   */
  killAt(point: KillPoint): Promise<void>;
  /**
   * Stops the service with SIGTERM. Throws unless it exits with 0 and no error output, and no process that it had started
   * survives.
   */
  stop(): Promise<void>;
  /** Ends all remaining processes, after any failure. */
  end(): Promise<void>;
}

const killWithinMs = 60_000;

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
    async killAt(point) {
      writeFileSync(join(settings.dataDirectory, killPointFile), JSON.stringify(point));
      current().signal('SIGUSR2');
      const end = await Promise.race([current().ended, sleep(killWithinMs, undefined, { ref: false })]);
      assert.equal(end?.signal, 'SIGKILL', `the service did not call ${point.action}`);
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
