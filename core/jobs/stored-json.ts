import { digest } from '../digest.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { StoredJson } from './job.ts';

/** JSON up to this size stays on the record; a write is billed by the size of the whole record. */
const maxInlineBytes = 4096;

export interface StoredJsonPlace {
  readonly tenant: string;
  readonly jobId: string;
  readonly role: 'parameters' | 'request' | 'result';
}

/** What the keys of all objects of a job begin with. */
export function objectPrefix({ tenant, jobId }: Pick<StoredJsonPlace, 'tenant' | 'jobId'>): string {
  return `tenants/${tenant}/jobs/${jobId}/`;
}

/**
 * Keeps JSON text where its size belongs. An object's key holds the digest of its content, so that a late or
 * second writer never changes what an earlier one stored.
 */
export async function storeJson(
  objects: ObjectStore,
  place: StoredJsonPlace,
  json: string,
): Promise<StoredJson> {
  const sizeBytes = Buffer.byteLength(json);
  if (sizeBytes <= maxInlineBytes) return { kind: 'inline', json };
  const key = `${objectPrefix(place)}${place.role}-${digest(json)}.json`;
  await objects.put(key, json);
  return { kind: 'object', key, sizeBytes };
}

/** The JSON text; throws when its object is gone, which nothing of ours does. */
export async function readJson(objects: ObjectStore, stored: StoredJson): Promise<string> {
  if (stored.kind === 'inline') return stored.json;
  const json = await objects.get(stored.key);
  if (json === undefined) throw new Error(`The object ${stored.key} is missing`);
  return json;
}

/** Size in bytes of the JSON text. */
export function sizeOf(stored: StoredJson): number {
  return stored.kind === 'inline' ? Buffer.byteLength(stored.json) : stored.sizeBytes;
}
