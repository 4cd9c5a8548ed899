import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { LanguageBuild } from '../model/build-input.ts';
import type { LeftOut } from './leave-out-packages.ts';
import { installPackages } from './packages/install-packages.ts';
import { findInstalled, readPackage } from './packages/installed-package.ts';
import { requestedVersion } from './packages/locked-packages.ts';

interface Needed {
  readonly name: string;
  readonly version: string;
  /** Where it is installed, if it is. */
  readonly directory: string | undefined;
}

/**
 * Adds the packages that are not in the bundle to `node_modules` beside it, and returns notices about them. On this machine,
 * they are links to the installed packages, or to new ones if they are not installed; for Lambda, they are installed for
 * its platform. Throws `BuildError`.
 */
export async function addPackages(
  build: LanguageBuild,
  leftOut: ReadonlyMap<string, LeftOut>,
): Promise<readonly string[]> {
  const names = [...new Set([...leftOut.keys(), ...(build.source.external ?? [])])].sort();
  if (names.length === 0) return [];
  const needed = names.map((name): Needed => {
    const directory = leftOut.get(name)?.directory ?? findInstalled(name, build.folder);
    const installed = directory === undefined ? undefined : readPackage(directory).version;
    return { name, directory, version: installed ?? requestedVersion(name, build.folder) };
  });
  return build.target.kind === 'local' ? link(build, needed) : copy(build, needed, build.target.architecture);
}

async function link(build: LanguageBuild, needed: readonly Needed[]): Promise<readonly string[]> {
  const missing = needed.filter(({ directory }) => directory === undefined);
  const modules = missing.length === 0 ? '' : await install(build, missing);
  for (const { name, directory = join(modules, name) } of needed) {
    const place = join(build.outputDirectory, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    // Windows lets every user make a junction, but not every user make a link.
    await symlink(directory, place, 'junction');
  }
  const linked = needed.filter(({ directory }) => directory !== undefined);
  return [
    ...(linked.length === 0 ? [] : [`Loaded from node_modules instead of bundled: ${listOf(linked)}.`]),
    ...(missing.length === 0 ? [] : [`Installed for this machine instead of bundled: ${listOf(missing)}.`]),
  ];
}

async function copy(
  build: LanguageBuild,
  needed: readonly Needed[],
  architecture: string,
): Promise<readonly string[]> {
  const modules = await install(build, needed);
  // npm's own files, and links to programs, which Lambda does not start.
  const isIncluded = (file: string) => !relative(modules, file).startsWith('.');
  await cp(modules, join(build.outputDirectory, 'node_modules'), { recursive: true, filter: isIncluded });
  return [`Installed for linux-${architecture} instead of bundled: ${listOf(needed)}.`];
}

function install(
  { folder, target, cacheDirectory }: LanguageBuild,
  needed: readonly Needed[],
): Promise<string> {
  const versions = Object.fromEntries(needed.map(({ name, version }) => [name, version]));
  return installPackages({ versions, folder, target, cacheDirectory });
}

function listOf(needed: readonly Needed[]): string {
  return needed.map(({ name, version }) => `${name} ${version}`).join(', ');
}
