import { existsSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { Screen } from '../../bin/terminal/screen.ts';
import { findManifests } from '../../manifest/find-manifests.ts';
import { CliError } from '../cli-error.ts';
import { clock } from './activity-lines.ts';
import { type DevContext, type DevService, devService, type Loaded } from './dev-service.ts';
import { submitHint } from './submit-hint.ts';
import { type FolderWatch, watchFolder } from './watch-folder.ts';

/** Keeps the services of a folder tree live while their files change. */
export interface DevLoop {
  /** Builds all services again. */
  reload(): Promise<void>;
  /** The commands that submit jobs to the services with input slots. */
  hints(): readonly string[];
  stop(): Promise<void>;
}

interface Entry {
  readonly service: DevService;
  loaded?: Loaded;
  /** When the code that runs now was loaded. */
  loadedAt?: Date;
  failed: boolean;
  /** The last error: a program that saves a file in several steps would cause it several times. */
  lastError?: { readonly text: string; readonly at: number };
  /** Settles when the current load and the one that changes have requested meanwhile have ended. */
  running?: Promise<void> | undefined;
  /** The files that changed during a load. */
  next?: string | undefined;
}

const repeatedWithinMs = 1_000;

/** Loads the services of all manifests below the folder, prints a line for each, and loads a service again when a file of it changes. */
export async function startDevLoop(
  folder: string,
  local: Omit<DevContext, 'root' | 'claim'>,
  screen: Screen,
): Promise<DevLoop> {
  const entries = new Map<string, Entry>();
  /** The manifest that has a name. */
  const claims = new Map<string, string>();
  const claim = (name: string, file: string): void => {
    const holder = claims.get(name);
    if (holder !== undefined && holder !== file && entries.has(holder))
      throw new CliError(
        `${relative(folder, file)}: ${relative(folder, holder)} already has the name "${name}": choose another name.`,
      );
    for (const [other, owner] of claims) if (owner === file) claims.delete(other);
    claims.set(name, file);
  };
  const context: DevContext = { ...local, root: folder, claim };
  const add = (file: string): Entry => {
    const entry: Entry = { service: devService(file, context), failed: false };
    entries.set(file, entry);
    return entry;
  };
  const load = async (entry: Entry, cause: string | undefined): Promise<void> => {
    const outcome = await entry.service.load();
    const { loaded: earlier } = entry;
    if ('error' in outcome) {
      const { lastError } = entry;
      entry.failed = true;
      entry.lastError = { text: outcome.error, at: performance.now() };
      const isRepeated =
        lastError?.text === outcome.error && entry.lastError.at - lastError.at < repeatedWithinMs;
      if (!isRepeated) screen.print(failure(entry, outcome.error));
      return;
    }
    entry.loaded = outcome;
    entry.loadedAt = new Date();
    entry.failed = false;
    watch?.add((outcome.inputs ?? []).filter((file) => !isBelow(file, folder)));
    const isSame =
      earlier?.manifest.name === outcome.manifest.name &&
      earlier.manifest.version === outcome.manifest.version;
    screen.print(isSame ? reloaded(outcome, cause) : introduced(entry, outcome));
    // A service that was refused because of its name may have it now.
    if (earlier !== undefined && !isSame)
      for (const other of entries.values()) if (other.failed) void request(other);
    // Every build repeats its notices.
    const notices = outcome.notices.filter((notice) => earlier?.notices.includes(notice) !== true);
    for (const notice of notices) screen.print(`  ${screen.style('yellow', 'notice')}  ${notice}`);
  };
  const introduced = (entry: Entry, { manifest }: Loaded): string => {
    const source = manifest.source.kind === 'lambda' ? manifest.source.entry : 'container';
    const file = relative(folder, dirname(entry.service.manifestFile));
    const from = [file, source].filter((part) => part !== '').join(sep);
    return `  ${screen.style('bold', manifest.name)} ${manifest.version}  ${from}  ${screen.style('green', 'registered')}`;
  };
  const reloaded = ({ manifest, durationMs }: Loaded, cause: string | undefined): string => {
    const why = cause === undefined ? manifest.name : `${cause} changed`;
    return `${screen.style('dim', clock(new Date()))}  ${why}: reloaded in ${(durationMs / 1000).toFixed(1)} s`;
  };
  const failure = (entry: Entry, error: string): string => {
    const kept = entry.loadedAt === undefined ? '' : `  (still running the code of ${clock(entry.loadedAt)})`;
    return `${screen.style('dim', clock(new Date()))}  ${screen.style('red', error)}${kept}`;
  };
  /** One load at a time; changes during a load lead to exactly one more. */
  const request = (entry: Entry, cause?: string): Promise<void> => {
    if (entry.running !== undefined) {
      entry.next = cause ?? '';
      return entry.running;
    }
    const run = async (): Promise<void> => {
      await load(entry, cause);
      while (entry.next !== undefined) {
        const again = entry.next === '' ? undefined : entry.next;
        entry.next = undefined;
        await load(entry, again);
      }
      entry.running = undefined;
    };
    entry.running = run();
    return entry.running;
  };
  const onChange = (files: ReadonlySet<string>): void => {
    if (!existsSync(folder)) {
      screen.print(`${folder} no longer exists: its services keep their last code`);
      return;
    }
    const present = new Set(findManifests(folder));
    for (const [file, { loaded }] of entries) {
      if (present.has(file)) continue;
      entries.delete(file);
      screen.print(
        `${relative(folder, file)} was deleted: ${loaded?.manifest.name ?? 'it'} keeps its last code`,
      );
    }
    for (const file of present) if (!entries.has(file)) void request(add(file));
    for (const entry of entries.values()) {
      const causes = [...files].filter((file) => concerns(file, entry));
      // Programs that save through a temporary file change that one too.
      const cause = causes.find((file) => existsSync(file)) ?? causes[0];
      if (cause !== undefined && entry.running === undefined) void request(entry, relative(folder, cause));
      else if (cause !== undefined) entry.next = relative(folder, cause);
    }
  };
  const watch: FolderWatch | undefined = await watchFolder(folder, onChange);
  for (const file of findManifests(folder)) add(file);
  const reload = async (): Promise<void> => {
    await Promise.all([...entries.values()].map((entry) => request(entry)));
  };
  await reload();
  const hints = (): readonly string[] =>
    [...entries.values()].flatMap(({ loaded }) =>
      loaded === undefined ? [] : (submitHint(loaded.manifest) ?? []),
    );
  return { reload, hints, stop: () => watch.stop() };
}

/** A service that could not be loaded is tried again after any change in its folder: the reason may be a missing file. */
function concerns(file: string, { service, loaded, failed }: Entry): boolean {
  if (file === service.manifestFile) return true;
  if (failed || loaded?.inputs === undefined) return isBelow(file, service.folder);
  return loaded.inputs.includes(file);
}

function isBelow(file: string, folder: string): boolean {
  return file.startsWith(folder + sep);
}
