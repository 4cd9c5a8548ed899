import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The members of a `package.json` that a build reads. */
export interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly exports?: unknown;
  readonly gypfile?: boolean;
  readonly binary?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** An installed package. */
export interface InstalledPackage {
  readonly directory: string;
  readonly manifest: PackageManifest;
}

/** The name of the package in an import: `@a/b` of `@a/b/c`. */
export function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The directory of an installed package as Node.js finds it from a folder; undefined if it is not installed. */
export function findInstalled(name: string, folder: string): string | undefined {
  const directory = join(folder, 'node_modules', name);
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(folder);
  return parent === folder ? undefined : findInstalled(name, parent);
}

/** The directory and the manifest of the package that a file belongs to: the nearest one that has a name. */
export function packageOf(file: string): InstalledPackage | undefined {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    const manifestFile = join(directory, 'package.json');
    if (existsSync(manifestFile)) {
      const manifest = readPackage(directory);
      if (manifest.name !== undefined) return { directory, manifest };
    }
    if (dirname(directory) === directory) return undefined;
  }
}

/** Reads the `package.json` of a directory. */
export function readPackage(directory: string): PackageManifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as PackageManifest; // written by npm
}
