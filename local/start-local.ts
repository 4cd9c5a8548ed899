import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, type LoadedApps, type LocalApp, loadApps } from './apps/load-apps.ts';
import { loadAssembly } from './assembly/load-assembly.ts';
import type { CloudModel, Part } from './cloud.ts';
import { lockDataFolder } from './data-lock.ts';
import type { EventBus } from './events/start-event-bus.ts';
import { freePort } from './free-port.ts';
import { type FaultInjector, faultInjector } from './gateway/fault-injector.ts';
import { type AccessKey, accessKeys } from './iam/access-keys.ts';
import { defaultAccountConcurrency } from './lambda/concurrency.ts';
import type { LocalLambda } from './lambda/start-lambda.ts';
import { liveModel } from './live/live-model.ts';
import { type LiveServices, liveServices, restoreLive } from './live/live-services.ts';
import { openLiveStore } from './live/live-store.ts';
import type { LocalOptions } from './local-options.ts';
import { makePrivate, makePrivateFolder } from './private-folder.ts';
import { ResourceError } from './resource-error.ts';
import { startServices } from './start-services.ts';

/** Account and region of everything that the runtime runs. */
export const localAccount = { accountId: '000000000000', region: 'us-east-1' } as const;

/**
 * Names of the files and folders that the runtime creates in the data folder, which may contain other files
 * too.
 */
const ownNames = [
  ...[
    'api-key',
    'apps',
    'assemblies',
    'key-seed',
    'live.json',
    'lock.pid',
    'lock.sqlite',
    'lock.sqlite-journal',
    'logs',
  ],
  ...['batch', 'dynamodb', 'events', 'lambda', 's3', 'sqs', 'stepfunctions', 'streams'],
];

/** Cloud apps that run on this machine. */
export interface LocalCloud extends Part {
  readonly url: string;
  readonly model: CloudModel;
  /** The further apps in the order of the options, also those that do not run. */
  readonly apps: readonly LocalApp[];
  /** Endpoint, region and operator key to call the local AWS services. */
  readonly aws: AccessKey & { readonly endpoint: string; readonly region: string };
  /** Returns the value of a stack's output, in any of the apps; throws if the stack has no such output. */
  output(stack: string, name: string): string;
  readonly faults: FaultInjector;
  readonly events: EventBus;
  readonly lambda: LocalLambda;
  readonly live: LiveServices;
}

type Started = Array<() => Promise<void> | void>;

/**
 * Runs a synthesized CDK app on this machine until it is stopped, and resumes work that was open when the
 * data folder was last used. Throws, with nothing left running, if the template contains something
 * unsupported, if the port is in use (`EADDRINUSE`) or if another process uses the data folder. An error in one of
 * the further apps leaves that app out.
 */
export async function startLocal(options: LocalOptions): Promise<LocalCloud> {
  makePrivateFolder(options.dataDirectory);
  const unlock = lockDataFolder(options.dataDirectory);
  const started: Started = [unlock];
  try {
    makePrivate(options.dataDirectory, ownNames);
    return await startParts(options, started);
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function startParts(options: LocalOptions, started: Started): Promise<LocalCloud> {
  const port = options.port === 0 ? await freePort() : options.port;
  const apiBaseUrl = `http://127.0.0.1:${port}`;
  const inlineCodeDirectory = join(options.dataDirectory, 'lambda', 'inline');
  const addresses = { apiBaseUrl, inlineCodeDirectory };
  const base = loadAssembly(options.assemblyDirectory, { ...localAccount, ...addresses });
  const { accountConcurrency = defaultAccountConcurrency, apps: sources = [] } = options;
  const load = (refused: ReadonlyMap<string, string>) =>
    loadApps(sources, { base, ...addresses, accountConcurrency }, refused);
  const store = openLiveStore(options.dataDirectory);
  const seed = keySeed(options.dataDirectory);
  const faults = faultInjector();
  const { apps, model, keys, parts } = await startWithout(load, async (loaded) => {
    const model = liveModel(loaded.model);
    restoreLive(model, store);
    const keys = accessKeys(model, seed);
    const appStacks = new Set(loaded.apps.flatMap(({ stacks }) => stacks));
    const services: Started = [];
    started.push(() => stopAll(services));
    try {
      const context = { options, model, appStacks, keys, faults, port, started: services };
      return { ...loaded, model, keys, parts: await startServices(context) };
    } catch (error) {
      await stopAll(services);
      throw error;
    }
  });
  for (const { error } of apps) if (error !== undefined) options.log?.(error);
  for (const line of parts.problems) options.log?.(line);
  return {
    url: parts.api.url,
    model,
    apps,
    aws: { ...keys.operator, endpoint: parts.gateway.url, region: localAccount.region },
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
    stop: () => stopAll(started),
  };
}

/** Starts the apps. If a resource of a further app prevents the start, it starts again without that app. */
async function startWithout<Result>(
  load: (refused: ReadonlyMap<string, string>) => LoadedApps,
  start: (loaded: LoadedApps) => Promise<Result>,
): Promise<Result> {
  const refused = new Map<string, string>();
  for (;;) {
    const loaded = load(refused);
    try {
      return await start(loaded);
    } catch (error) {
      const app = error instanceof ResourceError ? appOf(loaded, error) : undefined;
      if (app === undefined) throw error;
      refused.set(app.name, describeError(app.name, error));
    }
  }
}

function appOf({ apps }: LoadedApps, { resource }: ResourceError): LocalApp | undefined {
  return apps.find(({ stacks }) => stacks.includes(resource.stack));
}

async function stopAll(started: Started): Promise<void> {
  for (const end of started.splice(0).reverse()) await end();
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
