import { basename } from 'node:path';
import type { Attempt } from '../attempt/attempt.ts';
import { longPauses } from '../attempt/call-worker.ts';
import {
  type KnownContent,
  type OutputSource,
  openFile,
  openSource,
  type StreamedContent,
} from './output-source.ts';
import {
  beginOutput,
  completeOutput,
  type OutputTarget,
  type UploadedContent,
  type WrittenOutput,
} from './output-upload.ts';
import { putContent } from './put-content.ts';
import { uploadParts } from './upload-parts.ts';

/** `name` of the data object: 1 to 1,024 bytes in UTF-8; `mediaType`: default `application/octet-stream`. */
export type OutputOptions = { readonly name: string; readonly mediaType?: string };

/**
 * Writes data objects to an output slot of the job. Content of any size is streamed: memory contains at most
 * two parts of it, usually of 16 MiB. An output exists only once `write` or `writeFile` has resolved; a
 * further one replaces it, except in a collection, in which only an output of the same name is replaced.
 *
 * Both throw the error of the source, the signal's reason when the attempt is stopped, or a `ServiceFailure` of
 * type `output-refused` (not retryable) or `output-not-delivered` (retryable).
 */
export interface DataOutput {
  write(source: OutputSource, options: OutputOptions): Promise<WrittenOutput>;
  /** `name` is by default that of the file, without its folder. */
  writeFile(path: string, options?: Partial<OutputOptions>): Promise<WrittenOutput>;
}

type Open = (signal: AbortSignal) => Promise<KnownContent | StreamedContent>;

/** Creates the interface through which an attempt writes to an output slot; makes no request. */
export function outputOf(attempt: Attempt, slot: string, pauses = longPauses): DataOutput {
  const writeContent = async ({ name, mediaType }: OutputOptions, open: Open): Promise<WrittenOutput> => {
    const ended = new AbortController();
    const signal = AbortSignal.any([attempt.signal, attempt.closing, ended.signal]);
    const label = `The output "${name}" of the slot "${slot}"`;
    const stop = (reason: unknown) => ended.abort(reason);
    const target = { attempt, slot, name, mediaType, label, signal, stop, pauses };
    let content: KnownContent | StreamedContent | undefined;
    try {
      signal.throwIfAborted();
      content = await open(signal);
      return await completeOutput(target, await upload(target, content));
    } finally {
      ended.abort();
      if (content !== undefined && 'close' in content) content.close();
    }
  };
  return {
    write: (source, options) => writeContent(options, (signal) => openSource(source, signal)),
    writeFile: (path, options = {}) =>
      writeContent({ name: basename(path), ...options }, (signal) => openFile(path, signal)),
  };
}

async function upload(
  target: OutputTarget,
  content: KnownContent | StreamedContent,
): Promise<UploadedContent> {
  const begun = await beginOutput(target, 'sizeBytes' in content ? content.sizeBytes : undefined);
  const { id, upload: how } = begun;
  if ('partsUrl' in how) {
    const chunks = 'sizeBytes' in content ? content.open() : content.chunks;
    return await uploadParts(target, { id, partSizeBytes: how.partSizeBytes }, chunks);
  }
  if ('sizeBytes' in content) return await putContent(target, content, begun);
  throw new Error(`${target.label} is of unknown size, but the response contains no upload in parts.`);
}
