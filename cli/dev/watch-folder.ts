import { basename } from 'node:path';
import { watch } from 'chokidar';

/** Watches the sources of a folder tree. */
export interface FolderWatch {
  /** Also watches files outside the folder, such as modules that several services share. */
  add(files: readonly string[]): void;
  stop(): Promise<void>;
}

/** Editors write a file in several steps, and some programs write many files: they count as one change. */
const quietMs = 40;

/**
 * Calls `onChange` with the absolute paths that were created, changed or deleted. Folders of packages, caches and folders whose names
 * begin with a dot are not watched. Settles when all changes from now on are noticed.
 */
export async function watchFolder(
  folder: string,
  onChange: (files: ReadonlySet<string>) => void,
): Promise<FolderWatch> {
  const watcher = watch(folder, {
    ignoreInitial: true,
    ignored: (path) => path !== folder && isIgnored(basename(path)),
  });
  let changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    const files = changed;
    changed = new Set();
    onChange(files);
  };
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    changed.add(path);
    clearTimeout(timer);
    timer = setTimeout(report, quietMs);
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve);
    watcher.once('error', reject);
  });
  watcher.on('error', () => undefined); // a file that was deleted meanwhile
  return {
    add: (files) => watcher.add([...files]),
    stop: async () => {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}

function isIgnored(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules' || name === '__pycache__';
}
