import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { splitEntry } from '../../manifest/lambda-source.ts';
import { isFile } from '../files/is-file.ts';
import { BuildError } from '../model/build-error.ts';
import type { BuiltFunction, LanguageBuild } from '../model/build-input.ts';
import { checkSources } from './check-sources.ts';
import { installRequirements } from './install-requirements.ts';
import { pythonSources } from './python-sources.ts';

/**
 * Copies the sources of a function in Python, with the packages of its `requirements.txt`. On this machine, the packages
 * are links, so that a changed source is built at once. Throws `BuildError`.
 */
export async function buildPython(build: LanguageBuild): Promise<BuiltFunction> {
  const { folder, source, outputDirectory } = build;
  const { file, exportName } = splitEntry(source.entry);
  if (!isFile(join(folder, file)))
    throw new BuildError('The file does not exist: create it, or correct "entry" in service.json.', { file });
  const files = await pythonSources(folder);
  await checkSources(build, files);
  await mkdir(outputDirectory, { recursive: true });
  for (const name of files) {
    await mkdir(dirname(join(outputDirectory, name)), { recursive: true });
    await cp(join(folder, name), join(outputDirectory, name));
  }
  await addPackages(build);
  return {
    directory: outputDirectory,
    handler: `${file.replace(/\.py$/, '')}.${exportName}`,
    runtime: source.runtime,
    notices: [],
    inputs: files.map((name) => join(folder, name)),
  };
}

/** Programs, which Lambda does not start, and a cache into which Python would write code of the user through the link. */
const leftOut = ['__pycache__', 'bin'];

async function addPackages({ folder, source, target, outputDirectory, cacheDirectory }: LanguageBuild) {
  const file = join(folder, 'requirements.txt');
  if (!existsSync(file)) return;
  const { runtime } = source;
  const packages = await installRequirements({ file, runtime, target, cacheDirectory });
  for (const entry of await readdir(packages, { withFileTypes: true })) {
    if (leftOut.includes(entry.name)) continue;
    const from = join(packages, entry.name);
    const to = join(outputDirectory, entry.name);
    // A link to a folder in which the user has files too would lead their files into the cache.
    const isLinked = target.kind === 'local' && entry.isDirectory() && !existsSync(to);
    // Windows lets every user make a junction, but not every user make a link.
    if (isLinked) await symlink(from, to, 'junction');
    else await cp(from, to, { recursive: true, force: false });
  }
}
