import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveFunction, LiveJobDefinition } from './live-resources.ts';

/** A live function or job definition, as it is stored. */
export type Stored =
  | { readonly kind: 'function'; readonly live: LiveFunction }
  | { readonly kind: 'job-definition'; readonly live: LiveJobDefinition };

/** The live functions and job definitions of a data folder. */
export interface LiveStore {
  /** Those whose code still exists. */
  read(): readonly Stored[];
  put(stored: Stored): void;
  delete(name: string): void;
}

/** Opens the store, a file in the data folder. Jobs that wait at a restart need the functions before anybody adds them again. */
export function openLiveStore(dataDirectory: string): LiveStore {
  const file = join(dataDirectory, 'live.json');
  const all = new Map(readAll(file).map((stored) => [stored.live.name, stored]));
  const write = (): void => {
    writeFileSync(`${file}.new`, JSON.stringify([...all.values()]), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    read: () => [...all.values()].filter(({ live }) => existsSync(live.directory)),
    put: (stored) => {
      all.set(stored.live.name, stored);
      write();
    },
    delete: (name) => {
      if (all.delete(name)) write();
    },
  };
}

function readAll(file: string): readonly Stored[] {
  if (!existsSync(file)) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as readonly Stored[]; // written by this module
  } catch {
    return []; // a file of another version: the functions are added again by their developer
  }
}
