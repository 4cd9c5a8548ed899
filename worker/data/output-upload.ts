import type { DataUpload } from '../../core/contract/schemas/data-schemas.ts';
import type { Attempt } from '../attempt/attempt.ts';
import { parseObject, type WorkerRequest } from '../attempt/call-worker.ts';
import { sleep } from '../attempt/sleep.ts';
import { outputFailure, outputNotDelivered } from './data-failure.ts';
import type { FailedTry } from './presigned-request.ts';

/** An output that is being written. */
export interface OutputTarget {
  readonly attempt: Attempt;
  readonly slot: string;
  readonly name: string;
  readonly mediaType?: string | undefined;
  /** Names the output in errors. */
  readonly label: string;
  /** Aborted when the output is not needed any more. */
  readonly signal: AbortSignal;
  /** Aborts the signal. */
  stop(reason: unknown): void;
  /** Milliseconds between the tries of each request. */
  readonly pauses: readonly number[];
}

/** A data object that has no content yet. */
export interface BegunOutput {
  readonly id: string;
  readonly upload: DataUpload;
}

/** What the service learns about an output that was stored. `sha256` is hexadecimal. */
export type WrittenOutput = { readonly id: string; readonly sizeBytes: number; readonly sha256: string };

/** The content that was uploaded, with its parts if it was uploaded in parts. */
export interface UploadedContent {
  readonly id: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly parts?: readonly UploadedPart[];
}

/** A part of an upload that the store has confirmed. */
export type UploadedPart = { readonly number: number; readonly etag: string };

/** The timeout of one try of the completion, which includes some time of the store. */
const completionTryTimeoutSeconds = 30;

/** Creates a data object for an output. A repeated request creates another one, and the newest counts. */
export async function beginOutput(target: OutputTarget, sizeBytes: number | undefined): Promise<BegunOutput> {
  const { slot, name, mediaType } = target;
  const { text } = await callOutput(target, {
    path: `/outputs/${encodeURIComponent(slot)}`,
    body: JSON.stringify({ name, mediaType, sizeBytes }),
  });
  const { id, upload } = parseObject(text);
  if (typeof id !== 'string' || typeof upload !== 'object' || upload === null)
    throw outputNotDelivered(target.label, 'the response contains no upload');
  // Errand returns only uploads of its contract.
  return { id, upload: upload as DataUpload };
}

/**
 * Makes the content available as the output. S3 may need minutes to join the parts; the request is repeated until
 * it has, or the signal is aborted.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
 */
export async function completeOutput(
  target: OutputTarget,
  { id, sizeBytes, sha256, parts }: UploadedContent,
): Promise<WrittenOutput> {
  for (let count = 0; ; count += 1) {
    const { status, text } = await callOutput(target, {
      path: `${outputPath(target, id)}/complete`,
      body: JSON.stringify({ parts, sha256 }),
      tryTimeoutSeconds: completionTryTimeoutSeconds,
    });
    if (status !== 202) return written(target, { id, sizeBytes, sha256 }, text);
    await sleep(target.pauses[count] ?? target.pauses.at(-1) ?? 0, target.signal);
    target.signal.throwIfAborted();
  }
}

function written(target: OutputTarget, expected: WrittenOutput, text: string): WrittenOutput {
  const { sizeBytes } = parseObject(text);
  if (sizeBytes === expected.sizeBytes) return expected;
  throw outputNotDelivered(target.label, `${expected.sizeBytes} bytes were sent, ${sizeBytes} were stored`);
}

/** The path of an output below the URL of the job. */
export function outputPath({ slot }: OutputTarget, id: string): string {
  return `/outputs/${encodeURIComponent(slot)}/${encodeURIComponent(id)}`;
}

/** Calls a route of outputs. Throws the signal's reason when the attempt has ended, otherwise a `ServiceFailure`. */
export async function callOutput(target: OutputTarget, request: WorkerRequest) {
  const { attempt, label, signal, pauses } = target;
  signal.throwIfAborted();
  const response = await attempt.call({ pauses, cancel: signal, ...request });
  signal.throwIfAborted();
  if (response.kind !== 'accepted') throw outputFailure(label, response);
  return response;
}

/** The end of one try to send content to a presigned URL. */
export type SendTry<Value> = { readonly kind: 'sent'; readonly value: Value } | FailedTry;

/**
 * Repeats a try until the content is sent. `send` receives how the previous try failed, and must use another URL
 * after a rejection; a second rejection is final. Throws a `ServiceFailure` of type `output-not-delivered`, the
 * error of the source, or the signal's reason.
 */
export async function sendPersistently<Value>(
  { label, signal, pauses }: OutputTarget,
  send: (previous: FailedTry['kind'] | undefined) => Promise<SendTry<Value>>,
): Promise<Value> {
  let previous: FailedTry['kind'] | undefined;
  let rejections = 0;
  for (const pause of [...pauses, undefined]) {
    signal.throwIfAborted();
    const end = await send(previous);
    if (end.kind === 'sent') return end.value;
    signal.throwIfAborted();
    if (end.kind === 'rejected') rejections += 1;
    if (end.kind === 'failed' || rejections > 1 || pause === undefined)
      throw outputNotDelivered(label, `its upload ended with ${end.reason}`);
    previous = end.kind;
    if (end.kind === 'again') await sleep(pause * (1 + Math.random() / 2), signal);
  }
  throw outputNotDelivered(label, 'there was no try');
}
