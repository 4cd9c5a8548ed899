import { basename } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import { ApiError } from '../../bin/data/call-api.ts';
import { UploadEndedError, type UploadProgress, uploadFile } from '../../bin/data/upload-file.ts';
import { progressBar } from '../../bin/terminal/progress-line.ts';
import type { Screen } from '../../bin/terminal/screen.ts';
import { showStatus } from '../../bin/terminal/show-status.ts';
import { asError } from '../../core/std/as-error.ts';
import { CliError } from '../cli-error.ts';
import { type UploadedFile, type UploadKey, uploadKey } from './upload-keys.ts';

/** Where uploads are shown and remembered. */
export interface UploadSettings {
  readonly screen: Screen;
  /** Folder that remembers interrupted uploads. */
  readonly uploadsFolder: string;
  readonly signal: AbortSignal;
}

/** An uploaded file. */
export interface ShownUpload {
  /** ID of the data object. */
  readonly id: string;
  readonly key: UploadKey;
}

/**
 * Uploads a file with a progress line. Continues an upload that an earlier command has not completed, unless the service cannot continue
 * it any more. Throws a `CliError`.
 */
export async function uploadShown(
  api: ApiAccess,
  file: UploadedFile,
  { screen, uploadsFolder, signal }: UploadSettings,
): Promise<ShownUpload> {
  const { path } = file;
  const name = basename(path);
  let progress: UploadProgress = { sentBytes: 0, totalBytes: 0 };
  const line = () => {
    const share = progress.totalBytes === 0 ? 0 : progress.sentBytes / progress.totalBytes;
    const sizes = `${megabytes(progress.sentBytes)} of ${megabytes(progress.totalBytes)} MB`;
    return screen.isTerminal ? `  ${progressBar(share)}  ${sizes}  ${name}` : `  uploading ${name}: ${sizes}`;
  };
  const status = showStatus(screen, line);
  const onProgress = (current: UploadProgress): void => {
    progress = current;
  };
  const upload = async (): Promise<ShownUpload> => {
    const key = uploadKey(uploadsFolder, file);
    try {
      return { key, id: await uploadFile(api, { path, signal, onProgress, idempotencyKey: key.value }) };
    } catch (error) {
      if (!isEnded(error)) throw error;
      key.forget();
      if (!key.isKnown) throw error;
      return upload();
    }
  };
  try {
    const uploaded = await upload();
    status.end();
    const size = `${megabytes(progress.totalBytes)} MB`;
    screen.print(`  uploaded ${name}  ${size}  ${screen.style('dim', `data ${uploaded.id}`)}`);
    return uploaded;
  } catch (error) {
    status.end();
    if (signal.aborted)
      screen.print(`  The upload of ${name} was interrupted: repeat the command to continue it.`);
    signal.throwIfAborted();
    throw new CliError(`${path} was not uploaded: ${asError(error).message}`);
  } finally {
    status.end();
  }
}

/** The problems after which the data object of an upload cannot get its content any more. */
const endedCodes = new Set([
  'idempotency-key-reused',
  'data-deleted',
  'data-not-available',
  'upload-incomplete',
  'checksum-mismatch',
]);

/** Whether only an upload with another key can succeed. */
function isEnded(error: unknown): boolean {
  return error instanceof UploadEndedError || (error instanceof ApiError && endedCodes.has(error.code));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
}
