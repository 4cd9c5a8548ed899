import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import type { ControlClient } from '../../bin/control/control-client.ts';
import { register } from '../../cli/services/register.ts';
import { bundleEntry } from '../../infra/bundling/bundle-entry.ts';

const rootDirectory = resolve(import.meta.dirname, '../..');
const functionName = 'errand-service-copy-on-lambda';
const jobDefinition = 'errand-job-copy-on-batch';

/** The services that copy the input `source` to the output `copy`, by dispatcher. */
export const copyServices = { lambda: 'copy-on-lambda', batch: 'copy-on-batch' } as const;

/** A service that runs on this machine, and an empty folder for the code of the services. */
export interface Installation {
  readonly api: ApiAccess;
  readonly control: ControlClient;
  readonly folder: string;
}

/** Adds a function and a container that copy data objects with the worker library, and registers their services. */
export async function installCopyServices({ api, control, folder }: Installation): Promise<void> {
  const [onLambda, onBatch] = [join(folder, 'lambda'), join(folder, 'batch')];
  mkdirSync(onLambda);
  mkdirSync(onBatch);
  writeFileSync(join(onLambda, 'index.mjs'), await moduleOf('test/e2e/worker/fixture/copy-data.ts'));
  writeFileSync(join(onBatch, 'main.mjs'), await moduleOf('test/large-data/fixture/copy-container.ts'));
  const dockerfile = join(onBatch, 'Dockerfile');
  writeFileSync(dockerfile, 'FROM node:24-slim\nCMD ["node", "main.mjs"]\n');
  const limits = { memoryMegabytes: 256, timeoutSeconds: 900 };
  const runtime = { runtime: 'nodejs24.x', handler: 'index.handler' };
  await control.putFunction(functionName, { ...runtime, ...limits, directory: onLambda, environment: {} });
  await control.putJobDefinition(jobDefinition, {
    directory: onBatch,
    dockerfile,
    environment: {},
    vcpus: 0.25,
    memoryMegabytes: 512,
  });
  const [version, { lambda, batch }] = ['1.0.0', copyServices];
  await register(api, { name: lambda, version, definition: definitionOn({ kind: 'lambda', functionName }) });
  await register(api, { name: batch, version, definition: definitionOn({ kind: 'batch', jobDefinition }) });
}

async function moduleOf(entryFile: string): Promise<Uint8Array> {
  const [only] = await bundleEntry({ rootDirectory, entryFile });
  if (only === undefined) throw new Error(`${entryFile} has no bundle`);
  return only.contents;
}

function definitionOn(dispatcher: object): object {
  const slots = { inputs: { source: {} }, outputs: { copy: {} } };
  return { parameters: {}, result: {}, attemptTimeoutSeconds: 900, ...slots, dispatcher };
}
