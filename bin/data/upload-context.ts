import type { FileHandle } from 'node:fs/promises';
import type { ApiAccess } from '../api-access.ts';

/** What the upload of an open file needs. */
export interface UploadContext {
  readonly api: ApiAccess;
  readonly file: FileHandle;
  readonly id: string;
  readonly sizeBytes: number;
  /** Reports sent bytes; negative if they have to be sent again. */
  sent(bytes: number): void;
  readonly signal: AbortSignal | undefined;
}
