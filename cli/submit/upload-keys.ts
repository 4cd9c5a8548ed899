import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** A file that a command uploads. */
export interface UploadedFile {
  readonly apiUrl: string;
  readonly path: string;
  /** How often the command has uploaded the same file before: each time, it becomes another data object. */
  readonly earlierUploads: number;
}

/** The idempotency key of an upload, which is remembered until the upload is no longer needed. */
export interface UploadKey {
  readonly value: string;
  /** An earlier command was interrupted after it had created the key. */
  readonly isKnown: boolean;
  forget(): void;
}

/** The service forgets an idempotency key, and an incomplete upload, after the same time. */
const retentionMs = 7 * 86_400_000;
const keyPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The folder that remembers uploads: `errand/uploads` in `XDG_CACHE_HOME`, by default `~/.cache`. */
export function uploadsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'errand', 'uploads');
}

/**
 * Returns the key of an earlier upload of the file that was interrupted, otherwise a new one. The file is recognized by the API, its
 * path, its size and the time of its last change. The key is stored before it is returned, so that it is known even if the process is
 * killed at any later time. If the folder cannot be written, the key is new and not remembered.
 */
export function uploadKey(folder: string, uploaded: UploadedFile): UploadKey {
  const record = join(folder, nameOf(uploaded));
  const known = readKey(record);
  if (known !== undefined) return keyIn(record, known, true);
  const value = randomUUID();
  try {
    mkdirSync(folder, { recursive: true });
    removeOldRecords(folder);
    writeFileSync(record, value);
  } catch {
    // Without a record, an interrupted upload starts again from the beginning.
  }
  return keyIn(record, value, false);
}

function keyIn(record: string, value: string, isKnown: boolean): UploadKey {
  return { value, isKnown, forget: () => removeRecord(record) };
}

function nameOf({ apiUrl, path, earlierUploads }: UploadedFile): string {
  const { size, mtimeMs } = statSync(path);
  const identity = JSON.stringify([apiUrl, realpathSync(path), size, mtimeMs, earlierUploads]);
  return createHash('sha256').update(identity).digest('hex');
}

/** Returns undefined for a missing record, and for one whose writer was killed while it wrote. */
function readKey(record: string): string | undefined {
  try {
    const value = readFileSync(record, 'utf8');
    return keyPattern.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function removeOldRecords(folder: string): void {
  const oldest = Date.now() - retentionMs;
  for (const name of readdirSync(folder)) {
    const record = join(folder, name);
    const { mtimeMs = oldest } = statSync(record, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < oldest) removeRecord(record);
  }
}

function removeRecord(record: string): void {
  try {
    rmSync(record, { force: true });
  } catch {
    // A record that stays is replaced or removed later; the service forgets its key.
  }
}
