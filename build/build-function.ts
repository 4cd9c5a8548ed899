import { resolve } from 'node:path';
import { type Language, languageOfEntry } from '../manifest/lambda-source.ts';
import { BuildError } from './model/build-error.ts';
import type { BuildInput, BuiltFunction, LanguageBuild } from './model/build-input.ts';
import { buildNode } from './node/build-node.ts';

const builders: Readonly<Partial<Record<Language, (build: LanguageBuild) => Promise<BuiltFunction>>>> = {
  node: buildNode,
};

/**
 * Builds the code of a service that runs on Lambda into a new directory. Throws `BuildError` for code that cannot be
 * built, and for a service on AWS Batch.
 */
export async function buildFunction({
  manifest,
  folder,
  target,
  outputDirectory,
}: BuildInput): Promise<BuiltFunction> {
  const { name, source } = manifest;
  if (source.kind !== 'lambda')
    throw new BuildError(`${name} runs on AWS Batch: it has an image, and no function to build.`);
  const build = builders[languageOfEntry(source.entry)];
  if (build === undefined) throw new BuildError(`Only code for Node.js can be built, not ${source.entry}.`);
  return build({ source, target, folder: resolve(folder), outputDirectory: resolve(outputDirectory) });
}
