import { isBuiltin } from 'node:module';
import { join, relative, sep } from 'node:path';
import type { OnResolveResult, Plugin } from 'esbuild';
import { type InstalledPackage, packageNameOf, packageOf } from './packages/installed-package.ts';
import { isNative } from './packages/is-native.ts';
import { resolveAgain } from './resolve-again.ts';

/** A package that is not in the bundle. */
export interface LeftOut {
  /** Where it is installed, if it is. */
  readonly directory?: string;
}

/** Whether a package directory has machine code; a long-lived process builds the same packages again and again. */
const verdicts = new Map<string, boolean>();

/**
 * Leaves the packages in `external` and those with machine code out of a bundle, and records them by name.
 */
export function leaveOutPackages(external: readonly string[], leftOut: Map<string, LeftOut>): Plugin {
  return {
    name: 'leave-out-packages',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (request): Promise<OnResolveResult | undefined> => {
        const { path, kind, importer, resolveDir, namespace, pluginData } = request;
        if (pluginData === resolveAgain || kind === 'entry-point' || isBuiltin(path)) return undefined;
        const name = packageNameOf(path);
        const resolved = await build.resolve(path, {
          kind,
          importer,
          resolveDir,
          namespace,
          pluginData: resolveAgain,
        });
        const isFound = resolved.errors.length === 0;
        const nearest = isFound && resolved.namespace === 'file' ? packageOf(resolved.path) : undefined;
        const found = nearest !== undefined && isOfPackage(name, nearest) ? nearest : undefined;
        const isListed = external.includes(name);
        if (!isListed && (found === undefined || !isNativeOnce(found))) return isFound ? resolved : undefined;
        leftOut.set(name, found === undefined ? {} : { directory: found.directory });
        return {
          path: found === undefined ? path : fullSpecifier(path, resolved.path, found),
          external: true,
        };
      });
    },
  };
}

/** False for a module of the user that a path in `tsconfig.json` names. A package may be installed under another name. */
function isOfPackage(name: string, { directory, manifest }: InstalledPackage): boolean {
  return manifest.name === name || directory.endsWith(join('node_modules', name));
}

/**
 * Node.js adds no extension to a file of a package in an import, and esbuild has already found the file. A package with
 * `exports` is imported as it is written. https://nodejs.org/api/esm.html#mandatory-file-extensions
 */
function fullSpecifier(path: string, file: string, { directory, manifest }: InstalledPackage): string {
  const name = packageNameOf(path);
  if (path === name || manifest.exports !== undefined) return path;
  return [name, ...relative(directory, file).split(sep)].join('/');
}

function isNativeOnce({ directory, manifest }: InstalledPackage): boolean {
  const key = `${directory}@${manifest.version}`;
  const verdict = verdicts.get(key) ?? isNative(directory, manifest);
  verdicts.set(key, verdict);
  return verdict;
}
