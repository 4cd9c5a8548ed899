import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { readPackage } from './installed-package.ts';

/** Entries of a `package-lock.json`. https://docs.npmjs.com/cli/configuring-npm/package-lock-json */
type Entries = Readonly<Record<string, LockEntry>>;
interface LockEntry {
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The version of a package that is not installed: the locked one, the range in `package.json`, otherwise `latest`. */
export function requestedVersion(name: string, folder: string): string {
  const declared = existsSync(join(folder, 'package.json')) ? readPackage(folder) : {};
  return (
    lockOf(folder)?.[`node_modules/${name}`]?.version ??
    declared.dependencies?.[name] ??
    declared.optionalDependencies?.[name] ??
    'latest'
  );
}

/**
 * The part of the user's `package-lock.json` that concerns some packages and what they depend on, so that exactly the locked
 * versions are installed; undefined if there is no lockfile or if it has other versions.
 */
export function lockedPart(versions: Readonly<Record<string, string>>, folder: string): object | undefined {
  const entries = lockOf(folder);
  if (entries === undefined) return undefined;
  const found: Record<string, LockEntry> = {};
  for (const [name, version] of Object.entries(versions)) {
    if (entries[`node_modules/${name}`]?.version !== version) return undefined;
    addClosure(`node_modules/${name}`, entries, found);
  }
  return { lockfileVersion: 3, requires: true, packages: { '': { dependencies: versions }, ...found } };
}

function addClosure(key: string, entries: Entries, found: Record<string, LockEntry>): void {
  const entry = entries[key];
  if (entry === undefined || entry.link === true || found[key] !== undefined) return;
  found[key] = entry;
  for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
    const dependency = resolveKey(key, name, entries);
    if (dependency !== undefined) addClosure(dependency, entries, found);
  }
}

/** As Node.js resolves: in the package itself, then in the folders above it. */
function resolveKey(from: string, name: string, entries: Entries): string | undefined {
  for (let base = from; ; base = posix.dirname(base)) {
    const key = base === '.' ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (Object.hasOwn(entries, key)) return key;
    if (base === '.') return undefined;
  }
}

/** The entries of the nearest lockfile; undefined if there is none, or none of this form. */
function lockOf(folder: string): Entries | undefined {
  const file = join(folder, 'package-lock.json');
  if (!existsSync(file)) return dirname(folder) === folder ? undefined : lockOf(dirname(folder));
  const lock = JSON.parse(readFileSync(file, 'utf8')) as { readonly packages?: Entries }; // written by npm
  return lock.packages;
}
