import { countEffects, type Run } from './count-request.ts';
import type { JobCounts } from './job-counts.ts';

const content = 'a'.repeat(300);
const description = { name: 'reference.txt', mediaType: 'text/plain', sizeBytes: content.length };

/** A data object, and what its upload used. */
export interface CountedUpload {
  readonly dataId: string;
  readonly counts: JobCounts;
}

/** Uploads a small data object with one PUT, and counts every effect of its creation, its content and its completion. */
export async function countUpload(run: Run): Promise<CountedUpload> {
  let dataId = '';
  const counts = await countEffects(run, async () => {
    dataId = await upload(run);
    return () => run.watch.open() === 0;
  });
  return { dataId, counts };
}

async function upload({ errand }: Run): Promise<string> {
  const { id, upload: target } = (await post(errand, '/v1/data', description)) as {
    id: string;
    upload: { url: string; headers: Record<string, string> };
  }; // as the contract defines it
  const stored = await fetch(target.url, { method: 'PUT', headers: target.headers, body: content });
  if (!stored.ok) throw new Error(`The content was not stored: ${stored.status} ${await stored.text()}`);
  await post(errand, `/v1/data/${id}/complete`, {});
  return id;
}

async function post({ url, apiKey }: Run['errand'], path: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} failed: ${response.status} ${await response.text()}`);
  return response.json();
}
