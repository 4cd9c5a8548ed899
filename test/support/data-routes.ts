import type { ContentServer } from './content-server.ts';
import type { RespondToWorker, WorkerServerRequest, WorkerServerResponse } from './worker-server.ts';

/** The inputs of a job by slot. */
export type GivenInputs = Readonly<
  Record<string, readonly { readonly name: string; readonly content: Buffer }[]>
>;

export interface DataRoutes {
  readonly inputs?: GivenInputs;
  readonly partSizeBytes?: number;
}

/** Larger content of an output is uploaded in parts. */
const maxSingleBytes = 100_000_000;

/** The worker routes of data objects, as they respond without errors. */
export function dataRoutes(
  store: ContentServer,
  { inputs = {}, partSizeBytes }: DataRoutes,
): RespondToWorker {
  let [listings, objects] = [0, 0];
  for (const [slot, given] of Object.entries(inputs))
    for (const [index, { content }] of given.entries()) store.contents.set(`/${slot}-${index}`, content);
  return (request) => {
    const [, resource = '', slot = '', id, action] = request.route.split(/[/?]/);
    if (resource === 'inputs') {
      listings += 1;
      return { body: listOf(inputs, (path) => `${store.origin}${path}?listing=${listings}`) };
    }
    if (resource !== 'outputs') return undefined;
    if (action === 'parts') return { body: { items: partsOf(store, request, id ?? '') } };
    if (action === 'complete') return { body: completed(store, request, id ?? '') };
    objects += 1;
    return begun(store, request, { id: `${slot}-${objects}`, partSizeBytes });
  };
}

function listOf(inputs: GivenInputs, urlOf: (path: string) => string) {
  const entries = Object.entries(inputs).map(([slot, given]) => {
    const listed = given.map(({ name, content }, index) => ({
      id: `${slot}-${index}`,
      name,
      mediaType: 'text/plain',
      sizeBytes: content.byteLength,
      url: urlOf(`/${slot}-${index}`),
      expiresAt: '2030-01-01T00:00:00.000Z',
    }));
    return [slot, listed];
  });
  return Object.fromEntries(entries);
}

function begun(
  { origin }: ContentServer,
  { text }: WorkerServerRequest,
  { id, partSizeBytes = 16_777_216 }: { readonly id: string; readonly partSizeBytes: number | undefined },
): WorkerServerResponse {
  const { sizeBytes } = JSON.parse(text) as { sizeBytes?: number };
  const url = `${origin}/${id}`;
  const upload =
    sizeBytes !== undefined && sizeBytes <= maxSingleBytes
      ? { method: 'PUT', url, headers: { 'if-none-match': '*', 'content-length': String(sizeBytes) } }
      : { partSizeBytes, partsUrl: `https://api.example.com/outputs/${id}/parts` };
  return { body: { id, upload, abort: false } };
}

function partsOf({ origin }: ContentServer, { route }: WorkerServerRequest, id: string) {
  const query = new URLSearchParams(route.split('?')[1]);
  const from = Number(query.get('from'));
  return Array.from({ length: Number(query.get('limit')) }, (_, index) => ({
    number: from + index,
    url: `${origin}/${id}/${from + index}?from=${from}`,
    uploaded: false,
  }));
}

/** Joins the parts that the request lists, and checks their ETags. */
function completed({ contents }: ContentServer, { text }: WorkerServerRequest, id: string) {
  const { parts } = JSON.parse(text) as { parts?: { number: number; etag: string }[] };
  if (parts !== undefined)
    contents.set(
      `/${id}`,
      Buffer.concat(parts.map(({ number }) => contents.get(`/${id}/${number}`) ?? Buffer.alloc(0))),
    );
  return { id, status: 'available', sizeBytes: contents.get(`/${id}`)?.byteLength, abort: false };
}
