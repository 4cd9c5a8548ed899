import { completeUpload } from '../../../core/data/complete-upload.ts';
import { createData } from '../../../core/data/create-data.ts';
import { describeUpload } from '../../../core/data/describe-upload.ts';
import { getData } from '../../../core/data/get-data.ts';
import { listParts } from '../../../core/data/list-parts.ts';
import type { DataObject } from '../../../core/data/model/data-object.ts';
import { requestFingerprint } from '../../../core/jobs/submission/request-fingerprint.ts';
import { unlessInjected } from '../faulty.ts';
import type { Process } from '../process.ts';
import { untilServed } from '../until-served.ts';

/** The content of a data object: its ID. */
export function contentOf(dataId: string): Uint8Array {
  return Buffer.from(dataId);
}

const partsUrl = 'https://errand.invalid/parts';

/** How a client completes an upload: the arguments of a call that it may make any number of times. */
export interface Transfer {
  readonly dataId: string;
  readonly completion: Parameters<typeof completeUpload>[1]['completion'];
}

/**
 * A client that creates a data object, for one PUT or in parts, and repeats its request until it receives an ID. With an
 * idempotency key it can send several requests at once. Undefined if it was refused.
 */
export async function simulateCreation(
  process: Process,
  name: string,
  expiresAt?: number,
): Promise<DataObject | undefined> {
  const { random, ledger } = process;
  const [hasKey, isSingle] = [random.happens(0.5), random.happens(0.6)];
  const description = {
    name,
    mediaType: 'text/plain',
    ...(isSingle ? { sizeBytes: 36 } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }),
  };
  const idempotency = hasKey
    ? { key: name, fingerprint: requestFingerprint('createData', { name }) }
    : undefined;
  if (hasKey) ledger.keyed.add(name);
  const origin = { kind: 'upload', by: 'client' } as const;
  const create = () =>
    untilServed(() => createData(process.ports(), { tenant: 'local', origin, description, idempotency }));
  const received = await Promise.all(Array.from({ length: hasKey ? random.whole(1, 2) : 1 }, create));
  for (const one of received) if (one !== 'refused') ledger.created.add(one.data.id);
  const [first] = received;
  return first === undefined || first === 'refused' ? undefined : first.data;
}

/** Uploads the content with URLs for clients. Undefined if the upload has ended. */
export async function transfer(process: Process, dataId: string): Promise<Transfer | undefined> {
  const key = { tenant: 'local', dataId };
  const data = await untilServed(() => getData(process.ports(), key));
  if (data === 'refused' || data.upload === undefined) return undefined;
  if (data.upload.kind === 'single') {
    const upload = await untilServed(() => describeUpload(process.ports(), data, partsUrl));
    if (upload === 'refused' || upload === undefined || !('url' in upload)) return undefined;
    return (await putWhole(process, dataId, upload)) ? { dataId, completion: {} } : undefined;
  }
  const etags: string[] = [];
  for (const number of [1, 2]) {
    const url = await untilServed(async () => {
      const page = await listParts(process.ports(), await getData(process.ports(), key), {
        from: number,
        limit: 1,
      });
      return page.parts[0]?.url ?? '';
    });
    if (url === 'refused') return undefined;
    etags.push((await putPart(process, url, partOf(dataId, number))) ?? '');
  }
  return { dataId, completion: { parts: etags.map((etag, index) => ({ number: index + 1, etag })) } };
}

/**
 * PUTs the whole content and repeats a PUT whose response was lost: then the store already has the content. Some clients repeat it
 * even later, while their URL is valid, whatever has happened to the object. False if the URL has expired.
 */
export async function putWhole(
  process: Process,
  dataId: string,
  upload: { readonly url: string; readonly headers: Readonly<Record<string, string>> },
): Promise<boolean> {
  const { random, scheduler } = process;
  const body = contentOf(dataId);
  const put = () => process.fetch(upload.url, { method: 'PUT', headers: upload.headers, body });
  const response = await untilServed(put);
  if (random.happens(0.5))
    scheduler.spawn(async () => {
      await scheduler.sleep(random.happens(0.5) ? random.whole(0, 60_000) : random.whole(0, 950_000));
      await unlessInjected(put());
    });
  return response !== 'refused' && [200, 412].includes(response.status);
}

/** PUTs a part; undefined if its upload has ended. */
export async function putPart(process: Process, url: string, body: Uint8Array): Promise<string | undefined> {
  const response = await untilServed(() => process.fetch(url, { method: 'PUT', body }));
  return response === 'refused' ? undefined : (response.headers.get('etag') ?? undefined);
}

/** One of the two parts of the content. */
export function partOf(dataId: string, number: number): Uint8Array {
  const content = contentOf(dataId);
  return number === 1 ? content.slice(0, 20) : content.slice(20);
}

/** Completes an upload, sometimes twice at once. True once that was reported. */
export async function simulateCompletion(
  process: Process,
  { dataId, completion }: Transfer,
): Promise<boolean> {
  const { random, ledger } = process;
  const complete = async () => {
    const completed = await untilServed(() =>
      completeUpload(process.ports(), { key: { tenant: 'local', dataId }, completion }),
    );
    if (completed === 'refused') return false;
    if (completed.data.status !== 'available')
      throw new Error(
        `${dataId}: its upload was reported to be complete, and it is ${completed.data.status}`,
      );
    ledger.completed.add(dataId);
    return true;
  };
  const completions = await Promise.all(Array.from({ length: random.whole(1, 2) }, complete));
  return completions.includes(true);
}

/** A client that uploads a data object completely; undefined if it was refused. */
export async function simulateUpload(
  process: Process,
  name: string,
  expiresAt?: number,
): Promise<string | undefined> {
  const created = await simulateCreation(process, name, expiresAt);
  const transferred = created && (await transfer(process, created.id));
  if (transferred === undefined || !(await simulateCompletion(process, transferred))) return undefined;
  return transferred.dataId;
}
