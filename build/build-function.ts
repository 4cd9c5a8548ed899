import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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
 * built, and for a service on AWS Batch; an error leaves no directory.
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
    throw new BuildError(`The service ${name} runs on AWS Batch, so it has no function to build.`);
  const directory = resolve(outputDirectory);
  const isNew = !existsSync(directory);
  const build = { source, target, folder: resolve(folder), outputDirectory: directory, cacheDirectory };
  try {
    return await builders[languageOfEntry(source.entry)](build);
  } catch (error) {
    if (isNew) await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
