import type { JsonObject } from '../../contract/json.ts';
import { maxIndexedTextBytes } from '../../contract/metadata-names.ts';
import { violationsError } from '../../contract/problems/problem-error.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { isIndexable } from '../model/indexed-metadata.ts';

/** Throws `invalid-metadata` if a member that is to be indexed has a value that cannot be. */
export function checkIndexedMetadata(names: readonly string[], metadata: JsonObject): void {
  const violations = indexedViolations(names, metadata);
  if (violations.length > 0) throw violationsError('invalid-metadata', violations);
}

/** The violations of the members that are to be indexed. A member may be absent. */
export function indexedViolations(names: readonly string[], metadata: JsonObject): readonly Violation[] {
  return [...new Set(names)].flatMap((name) => {
    const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
    if (value === undefined || isIndexable(value)) return [];
    // The names of indexed members need no escapes in a pointer.
    const pointer = `/metadata/${name}`;
    if (typeof value !== 'string')
      return [{ pointer, detail: 'must be a string or a number: the service indexes it', keyword: 'type' }];
    const detail = `must be at most ${maxIndexedTextBytes} bytes in UTF-8, not ${Buffer.byteLength(value)}: the service indexes it`;
    return [{ pointer, detail, keyword: 'maxLength' }];
  });
}
