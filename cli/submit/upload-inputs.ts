import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ApiAccess } from '../../bin/api-access.ts';
import { type UploadProgress, uploadFile } from '../../bin/data/upload-file.ts';
import { progressBar } from '../../bin/terminal/progress-line.ts';
import type { Screen } from '../../bin/terminal/screen.ts';
import { showStatus } from '../../bin/terminal/show-status.ts';
import { asError } from '../../core/std/as-error.ts';
import { CliError } from '../cli-error.ts';
import type { GivenInput } from './submit-options.ts';

/** The IDs of data objects by slot, as a submission names them. */
export type SubmittedInputs = Readonly<Record<string, readonly string[]>>;

/** Throws a `CliError` for a path that is no file. */
export function checkFiles(inputs: readonly GivenInput[]): void {
  for (const input of inputs) {
    if ('dataId' in input) continue;
    const { slot, path } = input;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new CliError(`--input ${slot}=@${path}: there is no such file`, 2);
    if (!found.isFile()) throw new CliError(`--input ${slot}=@${path}: this is not a file`, 2);
  }
}

/** Uploads the files among the inputs, one after the other, with a progress line each. Returns all inputs by slot, in the given order. */
export async function uploadInputs(
  api: ApiAccess,
  inputs: readonly GivenInput[],
  { screen, signal }: { readonly screen: Screen; readonly signal: AbortSignal },
): Promise<SubmittedInputs> {
  const bySlot: Record<string, string[]> = {};
  for (const input of inputs) {
    const id = 'dataId' in input ? input.dataId : await uploadShown(api, input.path, { screen, signal });
    bySlot[input.slot] = [...(bySlot[input.slot] ?? []), id];
  }
  return bySlot;
}

/** Inputs with files that are not uploaded yet. */
export interface ProvisionalInputs {
  readonly inputs: SubmittedInputs;
  /** JSON Pointers of the IDs in a submission that stand for files. They name no data object. */
  readonly files: ReadonlySet<string>;
}

/** Returns inputs by slot in the given order, in which an ID that does not exist stands for each file. */
export function provisionalInputs(inputs: readonly GivenInput[]): ProvisionalInputs {
  const bySlot: Record<string, string[]> = {};
  const files = new Set<string>();
  for (const [number, input] of inputs.entries()) {
    const ids = bySlot[input.slot] ?? [];
    bySlot[input.slot] = ids;
    if ('path' in input) files.add(`/inputs/${input.slot}/${ids.length}`);
    ids.push(
      'dataId' in input ? input.dataId : `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`,
    );
  }
  return { inputs: bySlot, files };
}

async function uploadShown(
  api: ApiAccess,
  path: string,
  { screen, signal }: { readonly screen: Screen; readonly signal: AbortSignal },
): Promise<string> {
  const name = basename(path);
  let progress: UploadProgress = { sentBytes: 0, totalBytes: 0 };
  const line = () => {
    const share = progress.totalBytes === 0 ? 0 : progress.sentBytes / progress.totalBytes;
    const sizes = `${megabytes(progress.sentBytes)} of ${megabytes(progress.totalBytes)} MB`;
    return screen.isTerminal ? `  ${progressBar(share)}  ${sizes}  ${name}` : `  uploading ${name}: ${sizes}`;
  };
  const status = showStatus(screen, line);
  try {
    const id = await uploadFile(api, {
      path,
      signal,
      onProgress: (current) => {
        progress = current;
      },
    });
    status.end();
    screen.print(
      `  uploaded ${name}  ${megabytes(progress.totalBytes)} MB  ${screen.style('dim', `data ${id}`)}`,
    );
    return id;
  } catch (error) {
    signal.throwIfAborted();
    throw new CliError(`${path} was not uploaded: ${asError(error).message}`);
  } finally {
    status.end();
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0);
}
