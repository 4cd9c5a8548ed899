import { resolve } from 'node:path';
import { bundleEntry } from '../../../infra/bundling/bundle-entry.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { withFunctions } from '../../support/local-service/service-functions.ts';

/** Its name is as long as those of the other reference services, so that all jobs have items of the same size. */
export const copyService = { name: 'copy', version: '1.0.0' } as const;

const functionName = `errand-service-${copyService.name}`;
const rootDirectory = resolve(import.meta.dirname, '../../..');

/** The definition of the service, with one input slot and one output slot. */
export const copyDefinition = {
  parameters: {},
  inputs: { source: {} },
  outputs: { copy: {} },
  dispatcher: { kind: 'lambda', functionName },
} as const;

/** Adds the function of a service that copies its input to its output with the worker library. */
export async function withReferenceCopy(): Promise<AssemblyChange> {
  const entryFile = 'test/e2e/worker/fixture/copy-data.ts';
  const [only] = await bundleEntry({ rootDirectory, entryFile });
  return withFunctions({ [functionName]: { module: Buffer.from(only?.contents ?? []).toString() } });
}
