import type { DataRepresentation, DataUpload } from '../../core/contract/schemas/data-schemas.ts';
import { callApi } from './call-api.ts';
import { putRange } from './put-range.ts';
import { persistently, refusal, TransferError } from './transfer.ts';
import type { UploadContext } from './upload-context.ts';

type SingleUpload = Extract<DataUpload, { url: string }>;

/** Uploads a file with one PUT. Returns the body of the completion. */
export async function uploadWhole(context: UploadContext, first: SingleUpload): Promise<object> {
  await persistently(context.signal, async (earlierTries) => {
    const { url, headers } = earlierTries === 0 ? first : await freshUpload(context, first);
    const { status } = await putRange(context, { url, headers, start: 0, end: context.sizeBytes });
    // 412: an earlier PUT has stored the content, although its response was lost.
    if (status >= 300 && status !== 412) throw refusal(status, 'The upload');
  });
  return {};
}

async function freshUpload({ api, id, signal }: UploadContext, first: SingleUpload): Promise<SingleUpload> {
  const { body } = await callApi(api, { method: 'GET', path: `/v1/data/${id}`, signal });
  const { upload, status } = body as DataRepresentation; // as the contract defines it
  if (upload !== undefined && 'url' in upload) return upload;
  if (status === 'available') return first;
  throw new TransferError(
    `The data object ${id} does not accept content any more; its status is ${status}`,
    true,
  );
}
