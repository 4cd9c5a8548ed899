import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAssembly } from './assembly/load-assembly.ts';
import type { CloudModel, Part } from './cloud.ts';
import { lockDataFolder } from './data-lock.ts';
import type { EventBus } from './events/start-event-bus.ts';
import { freePort } from './free-port.ts';
import { type FaultInjector, faultInjector } from './gateway/fault-injector.ts';
import { type AccessKey, accessKeys } from './iam/access-keys.ts';
import type { LocalLambda } from './lambda/start-lambda.ts';
import { liveModel } from './live/live-model.ts';
import { type LiveServices, liveServices, restoreLive } from './live/live-services.ts';
import { openLiveStore } from './live/live-store.ts';
import type { LocalOptions } from './local-options.ts';
import { makePrivate, makePrivateFolder } from './private-folder.ts';
import { startServices } from './start-services.ts';

const accountId = '000000000000';
const region = 'us-east-1';

/**
 * Names of the files and folders that the runtime creates in the data folder, which may contain other files
 * too.
 */
const ownNames = [
  ...['api-key', 'key-seed', 'live.json', 'lock.pid', 'lock.sqlite', 'lock.sqlite-journal', 'logs'],
  ...['batch', 'dynamodb', 'events', 'lambda', 's3', 'sqs', 'stepfunctions', 'streams'],
];

/** A cloud app that runs on this machine. */
export interface LocalCloud extends Part {
  readonly url: string;
  readonly model: CloudModel;
  /** Endpoint, region and operator key to call the local AWS services. */
  readonly aws: AccessKey & { readonly endpoint: string; readonly region: string };
  /** Returns the value of a stack's output; throws if the stack has no such output. */
  output(stack: string, name: string): string;
  readonly faults: FaultInjector;
  readonly events: EventBus;
  readonly lambda: LocalLambda;
  readonly live: LiveServices;
}

/**
 * Runs a synthesized CDK app on this machine until it is stopped, and resumes work that was open when the
 * data folder was last used. Throws, with nothing left running, if the template contains something
 * unsupported, if the port is in use (`EADDRINUSE`) or if another process uses the data folder.
 */
export async function startLocal(options: LocalOptions): Promise<LocalCloud> {
  makePrivateFolder(options.dataDirectory);
  const started: Array<() => Promise<void> | void> = [lockDataFolder(options.dataDirectory)];
  makePrivate(options.dataDirectory, ownNames);
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return await startParts(options, started, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  options: LocalOptions,
  started: Array<() => Promise<void> | void>,
  stop: () => Promise<void>,
): Promise<LocalCloud> {
  const port = options.port === 0 ? await freePort() : options.port;
  const model = liveModel(
    loadAssembly(options.assemblyDirectory, {
      accountId,
      region,
      apiBaseUrl: `http://127.0.0.1:${port}`,
    }),
  );
  const store = openLiveStore(options.dataDirectory);
  restoreLive(model, store);
  const keys = accessKeys(model, keySeed(options.dataDirectory));
  const faults = faultInjector();
  const parts = await startServices({ options, model, keys, faults, port, started });
  for (const line of parts.problems) options.log?.(line);
  return {
    url: parts.api.url,
    model,
    aws: { ...keys.operator, endpoint: parts.gateway.url, region },
    output: (stack, name) => outputOf(model, stack, name),
    faults,
    events: parts.events,
    lambda: parts.lambda,
    live: liveServices({
      model,
      keys,
      lambda: parts.lambda,
      batch: parts.batch,
      store,
      log: options.log ?? console.error,
    }),
    stop,
  };
}

/** Returns the stored seed of the keys, so that URLs that were signed before a restart remain valid. */
function keySeed(dataDirectory: string): Buffer {
  const file = join(dataDirectory, 'key-seed');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
  return readFileSync(file);
}

function outputOf(model: CloudModel, stack: string, name: string): string {
  const output = model.outputs.find((candidate) => candidate.stack === stack && candidate.name === name);
  if (output === undefined) throw new Error(`The stack ${stack} has no output ${name}`);
  return output.value;
}
