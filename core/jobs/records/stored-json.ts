import type { ObjectStore } from '../../ports/object-store.ts';
import { digest } from '../../std/digest.ts';
import type { StoredJson } from '../model/job.ts';

/** JSON up to this size stays on the record; a write is billed by the size of the whole record. */
const maxInlineBytes = 4096;

export interface StoredJsonOwner {
  readonly tenant: string;
  readonly jobId: string;
  readonly role: 'parameters' | 'request' | 'result' | 'inputs';
}

/** The common prefix of the keys of all objects of a job. */
export function objectPrefix({ tenant, jobId }: Pick<StoredJsonOwner, 'tenant' | 'jobId'>): string {
  return `tenants/${tenant}/jobs/${jobId}/`;
}

/**
 * Stores JSON text inline or as an object, depending on its size. The key of an object contains the digest of
 * its content, so that a late or second writer never changes the content of an earlier one.
 */
export async function storeJson(
  objects: ObjectStore,
  owner: StoredJsonOwner,
  json: string,
): Promise<StoredJson> {
  if (Buffer.byteLength(json) <= maxInlineBytes) return { kind: 'inline', json };
  return storeObject(objects, owner, json);
}

/** Stores JSON text of any size as an object, under a key with the digest of its content. */
export async function storeObject(objects: ObjectStore, owner: StoredJsonOwner, json: string) {
  const key = `${objectPrefix(owner)}${owner.role}-${digest(json)}.json`;
  await objects.put(key, json);
  return { kind: 'object', key, sizeBytes: Buffer.byteLength(json) } as const;
}

/**
 * Reads the JSON text. Throws if the object is missing or its size is not the recorded size, and does not read
 * its content then. No write of Errand causes such a difference.
 */
export async function readJson(objects: Pick<ObjectStore, 'get'>, stored: StoredJson): Promise<string> {
  const json = await readJsonIfPresent(objects, stored);
  if (json !== undefined) return json;
  throw new Error(`The object ${stored.kind === 'object' ? stored.key : ''} is missing`);
}

/** Reads the JSON text as `readJson` does; undefined if the object is missing. */
export async function readJsonIfPresent(
  objects: Pick<ObjectStore, 'get'>,
  stored: StoredJson,
): Promise<string | undefined> {
  if (stored.kind === 'inline') return stored.json;
  const { key, sizeBytes } = stored;
  const object = await objects.get(key, (description) => description.sizeBytes === sizeBytes);
  if (object === undefined) return undefined;
  if (object.bytes !== undefined) return textOf(object.bytes);
  throw new Error(`The object ${key} has ${object.sizeBytes} bytes, but its record states ${sizeBytes}`);
}

/** Stored text is always UTF-8. The Buffer is a view, so that a large object is not copied. */
function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString();
}

/** Size in bytes of the JSON text. */
export function sizeOf(stored: StoredJson): number {
  return stored.kind === 'inline' ? Buffer.byteLength(stored.json) : stored.sizeBytes;
}
