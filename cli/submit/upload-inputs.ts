import { realpathSync, statSync } from 'node:fs';
import type { ApiAccess } from '../../bin/api-access.ts';
import { CliError } from '../cli-error.ts';
import type { GivenInput } from './submit-options.ts';
import type { UploadKey } from './upload-keys.ts';
import { type UploadSettings, uploadShown } from './upload-shown.ts';

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

/** The inputs of a submission, whose files are uploaded. */
export interface UploadedInputs {
  readonly inputs: SubmittedInputs;
  /** Forgets the uploads, once a job has their data objects. Until then, a repeated command uses them. */
  forget(): void;
}

/**
 * Uploads the files among the inputs, one after the other, with a progress line each. Continues uploads that an earlier command has not
 * completed. Returns all inputs by slot, in the given order.
 */
export async function uploadInputs(
  api: ApiAccess,
  inputs: readonly GivenInput[],
  settings: UploadSettings,
): Promise<UploadedInputs> {
  const bySlot: Record<string, string[]> = {};
  const keys: UploadKey[] = [];
  const uploads = new Map<string, number>();
  for (const input of inputs) {
    const ids = bySlot[input.slot] ?? [];
    bySlot[input.slot] = ids;
    if ('dataId' in input) {
      ids.push(input.dataId);
      continue;
    }
    const { path } = input;
    const realPath = realpathSync(path);
    const earlierUploads = uploads.get(realPath) ?? 0;
    uploads.set(realPath, earlierUploads + 1);
    const file = { apiUrl: api.url, path, earlierUploads };
    const { id, key } = await uploadShown(api, file, settings);
    ids.push(id);
    keys.push(key);
  }
  const forget = (): void => {
    for (const key of keys) key.forget();
  };
  return { inputs: bySlot, forget };
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
