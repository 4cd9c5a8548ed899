import { statSync } from 'node:fs';

/** True if the path leads to a file, and not to a folder or to nothing. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
