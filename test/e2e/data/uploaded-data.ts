import type { ApiResponse, Call } from '../../support/local-service/local-errand.ts';

/** Calls the API with some key. */
type CallApi = (path: string, call?: Call) => Promise<ApiResponse>;

/** Uploads content as a new data object with one PUT, and returns the object as the API returns it. */
export async function uploadedData(
  call: CallApi,
  bytes: Uint8Array,
  description: {
    readonly name?: string;
    readonly mediaType?: string;
    readonly tags?: readonly string[];
  } = {},
): Promise<ApiResponse['body']> {
  const body = { name: 'a-file', ...description, sizeBytes: bytes.length };
  const created = await call('/v1/data', { body });
  if (created.status !== 201) throw new Error(`A data object was refused: ${JSON.stringify(created.body)}`);
  const { url, headers } = created.body.upload;
  const put = await fetch(url, { method: 'PUT', headers, body: Uint8Array.from(bytes) });
  if (!put.ok) throw new Error(`The upload failed with status ${put.status}: ${await put.text()}`);
  const completed = await call(`/v1/data/${created.body.id}/complete`, { method: 'POST' });
  if (completed.status !== 200)
    throw new Error(`The upload is not complete: ${JSON.stringify(completed.body)}`);
  return completed.body;
}
