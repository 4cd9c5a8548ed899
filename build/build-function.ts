import { resolve } from 'node:path';
import { type Language, languageOfEntry } from '../manifest/lambda-source.ts';
import { defaultCacheDirectory } from './files/cached-directory.ts';
import { BuildError } from './model/build-error.ts';
import type { BuildInput, BuiltFunction, LanguageBuild } from './model/build-input.ts';
import { buildNode } from './node/build-node.ts';
import { buildProvided } from './provided/build-provided.ts';
import { buildPython } from './python/build-python.ts';

const builders: Readonly<Record<Language, (build: LanguageBuild) => Promise<BuiltFunction>>> = {
  node: buildNode,
  python: buildPython,
  provided: buildProvided,
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
  cacheDirectory = defaultCacheDirectory,
}: BuildInput): Promise<BuiltFunction> {
  const { name, source } = manifest;
  if (source.kind !== 'lambda')
    throw new BuildError(`${name} runs on AWS Batch: it has an image, and no function to build.`);
  const build = builders[languageOfEntry(source.entry)];
  return build({
    source,
    target,
    folder: resolve(folder),
    outputDirectory: resolve(outputDirectory),
    cacheDirectory: resolve(cacheDirectory),
  });
}
