import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitEntry } from '../../manifest/lambda-source.ts';
import { isFile } from '../files/is-file.ts';
import { BuildError } from '../model/build-error.ts';
import type { BuiltFunction, LanguageBuild } from '../model/build-input.ts';
import { addPackages } from './add-packages.ts';
import { bundle } from './bundle.ts';
import { checkHandler } from './check-handler.ts';

/** Files beside the sources that change a bundle. */
const configurationFiles = ['package.json', 'package-lock.json', 'tsconfig.json'];

/**
 * Bundles a function on Node.js into `index.mjs` with a source map, and adds the packages that no bundle can contain. Throws
 * `BuildError`.
 */
export async function buildNode(build: LanguageBuild): Promise<BuiltFunction> {
  const { folder, source, target, outputDirectory } = build;
  const { file, exportName } = splitEntry(source.entry);
  if (!isFile(join(folder, file)))
    throw new BuildError('The file does not exist: create it, or correct "entry" in service.json.', { file });
  const { files, inputs, leftOut, warnings } = await bundle(build);
  await mkdir(outputDirectory, { recursive: true });
  for (const { name, contents } of files) await writeFile(join(outputDirectory, name), contents);
  const notices = [...warnings, ...(await addPackages(build, leftOut))];
  if (target.kind === 'local') await checkHandler(build);
  return {
    directory: outputDirectory,
    handler: `index.${exportName}`,
    runtime: source.runtime,
    notices,
    inputs: [...inputs, ...configurationFiles.map((name) => join(folder, name)).filter(existsSync)],
  };
}
