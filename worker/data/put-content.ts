import { createHash } from 'node:crypto';
import type { Chunks, KnownContent } from './output-source.ts';
import {
  type BegunOutput,
  beginOutput,
  type OutputTarget,
  type SendTry,
  sendPersistently,
  type UploadedContent,
} from './output-upload.ts';
import { failedConnection, failedTry, sendPresigned } from './presigned-request.ts';

/** One pass over the content: what it computes, or the error of the source. */
interface Pass {
  sha256?: string;
  sourceError?: unknown;
}

/**
 * Uploads content of known size with one PUT; every try sends it from the beginning. A rejected URL is replaced
 * by that of another data object, because the worker routes have no other way to get one.
 */
export async function putContent(
  target: OutputTarget,
  content: KnownContent,
  begun: BegunOutput,
): Promise<UploadedContent> {
  const { sizeBytes } = content;
  let { id, upload } = begun;
  return await sendPersistently(target, async (previous) => {
    if (previous === 'rejected') ({ id, upload } = await beginOutput(target, sizeBytes));
    if (!('url' in upload)) return { kind: 'failed', reason: 'a response without the URL of a PUT' };
    const sent = await put(target, content, upload);
    return sent.kind === 'sent' ? { kind: 'sent', value: { id, sizeBytes, sha256: sent.value } } : sent;
  });
}

/** Returns the SHA-256 of the content once it is stored. */
async function put(
  { signal }: OutputTarget,
  { sizeBytes, open }: KnownContent,
  { url, headers }: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
): Promise<SendTry<string>> {
  const pass: Pass = {};
  let status: number;
  try {
    const response = await sendPresigned({
      method: 'PUT',
      url,
      headers: { 'content-length': String(sizeBytes), ...headers },
      body: observed(open(), pass),
      signal,
    });
    response.resume();
    status = response.statusCode ?? 0;
  } catch (error) {
    if ('sourceError' in pass) throw pass.sourceError;
    return failedConnection(error);
  }
  // 412: an earlier try has stored the content and its response was lost, because the URL stores only once.
  if (status < 300 || status === 412) return { kind: 'sent', value: pass.sha256 ?? (await digestOf(open())) };
  return failedTry(status);
}

/** Passes the chunks on, and records their SHA-256 or the error of the source. */
async function* observed(chunks: Chunks, pass: Pass): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
    pass.sha256 = hash.digest('hex');
  } catch (error) {
    pass.sourceError = error;
    throw error;
  }
}

async function digestOf(chunks: Chunks): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
