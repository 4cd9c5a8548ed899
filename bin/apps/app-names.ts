import { basename, dirname, resolve } from 'node:path';

/** A folder of a CDK app, with the name that messages use for it. */
export interface AppFolder {
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
}

/**
 * Names each app after its folder, and a folder `cdk.out` after the folder above it. A name that is already used gets
 * a number. A folder that is given twice is one app.
 */
export function nameApps(folders: readonly string[]): readonly AppFolder[] {
  const names = new Set<string>();
  return [...new Set(folders.map((folder) => resolve(folder)))].map((folder) => {
    const own = basename(folder);
    const name = unusedName(own === 'cdk.out' ? basename(dirname(folder)) : own, names);
    names.add(name);
    return { name, folder };
  });
}

function unusedName(wanted: string, used: ReadonlySet<string>): string {
  const base = wanted || 'app'; // the root folder has no name
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!used.has(name)) return name;
  }
}
