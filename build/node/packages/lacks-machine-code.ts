import { existsSync, globSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { processorOf } from '../../files/processor-of.ts';
import type { BuildTarget } from '../../model/build-input.ts';
import { type PackageManifest, readPackage } from './installed-package.ts';
import { isNative, platformPackage } from './is-native.ts';

/**
 * True for an installed package that needs machine code and has none for the target: npm skips optional packages without an
 * error, and a package may download its code for the wrong platform.
 */
export function lacksMachineCode(name: string, modules: string, target: BuildTarget): boolean {
  const directory = join(modules, name);
  if (!existsSync(directory)) return true;
  const manifest = readPackage(directory);
  if (!isNative(directory, manifest)) return false;
  const optional = Object.keys(manifest.optionalDependencies ?? {}).filter((other) =>
    platformPackage.test(other),
  );
  if (optional.length > 0)
    return !optional.some((other) => isInstalled(other, { directory, modules, target }));
  return !hasCode(directory, target) && !dependsOnInstalled(manifest, { directory, modules, target });
}

interface Where {
  readonly directory: string;
  readonly modules: string;
  readonly target: BuildTarget;
}

function isInstalled(name: string, { directory, modules, target }: Where): boolean {
  const [system, cpu] = systemOf(target);
  // For this machine, npm itself has chosen among the packages, also for another C library.
  if (target.kind === 'lambda' && !new RegExp(`\\b${system}-${cpu}\\b`).test(name)) return false;
  return [join(directory, 'node_modules', name), join(modules, name)].some((found) => existsSync(found));
}

/** A loader may be in `dependencies` of a package that has no code itself, because another dependency has it. */
function dependsOnInstalled(
  { dependencies = {} }: PackageManifest,
  { directory, modules, target }: Where,
): boolean {
  return Object.keys(dependencies)
    .flatMap((name) => [join(directory, 'node_modules', name), join(modules, name)])
    .some((found) => existsSync(found) && hasCode(found, target));
}

function hasCode(directory: string, target: BuildTarget): boolean {
  const files = globSync('**/*.node', { cwd: directory });
  const isForLinux = systemOf(target)[0] === 'linux';
  const required = systemOf(target)[1] === 'x64' ? 'x86_64' : 'arm64';
  return files.some((file) => !isForLinux || processorOf(join(directory, file)) === required);
}

function systemOf(target: BuildTarget): readonly [system: string, cpu: string] {
  if (target.kind === 'local') return [platform(), arch()];
  return ['linux', target.architecture === 'arm64' ? 'arm64' : 'x64'];
}
