import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setSourceMapsSupport } from 'node:module';
import { dirname, resolve } from 'node:path';

/** The comment that names the file of a source map is the last line of a module. An inline map is longer than this. */
const tailBytes = 4096;
const comment = /\n\/\/# sourceMappingURL=(?!data:)(\S+)\s*$/;

/**
 * A used map takes about seven times its size of the function's heap: 17 MB for a map of 2.4 MB, as measured. A larger map than this
 * could fill the heap of a small function.
 */
const maxMapBytes = 4 * 1024 * 1024;

/**
 * Makes the stacks of errors refer to the sources of a module, if it names a file with its source map. Called before the module is
 * loaded; other modules need neither the time nor the memory.
 */
export function useSourceMap(path: string): void {
  const [, name] = comment.exec(readTail(path)) ?? [];
  const map = name && statSync(resolve(dirname(path), name), { throwIfNoEntry: false });
  if (map && map.size <= maxMapBytes) setSourceMapsSupport(true);
}

function readTail(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const offset = Math.max(fstatSync(descriptor).size - tailBytes, 0);
    const bytes = Buffer.alloc(tailBytes);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, tailBytes, offset));
  } finally {
    closeSync(descriptor);
  }
}
