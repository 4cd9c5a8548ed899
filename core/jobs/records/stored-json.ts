import type { ObjectStore } from '../../ports/object-store.ts';
import { digest } from '../../std/digest.ts';
import type { StoredJson } from '../model/job.ts';

/** JSON up to this size stays on the record; a write is billed by the size of the whole record. */
const maxInlineBytes = 4096;

export interface StoredJsonOwner {
  readonly tenant: string;
  readonly jobId: string;
  readonly role: 'parameters' | 'request' | 'result';
}

/** What the keys of all objects of a job begin with. */
export function objectPrefix({ tenant, jobId }: Pick<StoredJsonOwner, 'tenant' | 'jobId'>): string {
  return `tenants/${tenant}/jobs/${jobId}/`;
}

/**
 * Keeps JSON text where its size belongs. An object's key holds the digest of its content, so that a late or
 * second writer never changes what an earlier one stored.
 */
export async function storeJson(
  objects: ObjectStore,
  place: StoredJsonOwner,
  json: string,
): Promise<StoredJson> {
  if (Buffer.byteLength(json) <= maxInlineBytes) return { kind: 'inline', json };
  return storeObject(objects, place, json);
}

/** Stores JSON text of any size as an object, under a key with the digest of its content. */
export async function storeObject(objects: ObjectStore, place: StoredJsonOwner, json: string) {
  const key = `${objectPrefix(place)}${place.role}-${digest(json)}.json`;
  await objects.put(key, json);
  return { kind: 'object', key, sizeBytes: Buffer.byteLength(json) } as const;
}

/**
 * The JSON text. Throws when its object is missing or has another size than the record says, which no write of ours
 * causes; the content of such an object is not read.
 */
export async function readJson(objects: ObjectStore, stored: StoredJson): Promise<string> {
  if (stored.kind === 'inline') return stored.json;
  const { key, sizeBytes } = stored;
  const object = await objects.get(key, (found) => found.sizeBytes === sizeBytes);
  if (object === undefined) throw new Error(`The object ${key} is missing`);
  if (object.bytes !== undefined) return textOf(object.bytes);
  throw new Error(`The object ${key} has ${object.sizeBytes} bytes; the record says ${sizeBytes}`);
}

/** What was stored is UTF-8 always. The view keeps a large object from being copied. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

/** Size in bytes of the JSON text. */
export function sizeOf(stored: StoredJson): number {
  return stored.kind === 'inline' ? Buffer.byteLength(stored.json) : stored.sizeBytes;
}
