import { delimiter } from 'node:path';

/**
 * Returns the PATH of this process as an environment, with `first` before it. If this process has no PATH, the
 * shell or the system uses its own default.
 */
export function inheritedPath(first?: string): Readonly<Record<string, string>> {
  const folders = [first, process.env['PATH']].filter((part) => part !== undefined && part !== '');
  return folders.length === 0 ? {} : { PATH: folders.join(delimiter) };
}
