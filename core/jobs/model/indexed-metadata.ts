import type { JsonValue } from '../../contract/json.ts';
import { maxIndexedTextBytes } from '../../contract/metadata-names.ts';
import type { Job } from './job.ts';

/** Whether a value can be indexed: a text of at most 256 bytes of UTF-8, or a finite number. */
export function isIndexable(value: JsonValue | undefined): value is string | number {
  return typeof value === 'string' ? Buffer.byteLength(value) <= maxIndexedTextBytes : Number.isFinite(value);
}

/** The value by which a job is found; undefined if the member is absent, not indexed or not indexable. */
export function indexedValue(
  { indexedMetadata, metadata }: Pick<Job, 'indexedMetadata' | 'metadata'>,
  name: string,
): string | number | undefined {
  if (indexedMetadata?.includes(name) !== true || !Object.hasOwn(metadata, name)) return undefined;
  const value = metadata[name];
  return isIndexable(value) ? value : undefined;
}
