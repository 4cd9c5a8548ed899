import type { JsonObject } from '../../contract/json.ts';
import { childPointer } from './json-pointer.ts';
import { subSchemas } from './keywords.ts';

export type Schema = JsonObject | boolean;

/** The schemas of a document by location, so that references resolve only to schemas. */
export interface SchemaIndex {
  /** Every schema by its RFC 6901 pointer; the root is at `''`. */
  readonly schemas: ReadonlyMap<string, Schema>;
  /** Pointers by `$anchor`, in the order of the document. */
  readonly anchors: ReadonlyMap<string, readonly string[]>;
}

/** Builds the index of a schema, whose depth must be bounded, in one traversal. */
export function indexSchema(root: JsonObject): SchemaIndex {
  const schemas = new Map<string, Schema>();
  const anchors = new Map<string, string[]>();
  const visit = (schema: Schema, pointer: string): void => {
    schemas.set(pointer, schema);
    if (typeof schema === 'boolean') return;
    const anchor = schema['$anchor'];
    if (typeof anchor === 'string') anchors.set(anchor, [...(anchors.get(anchor) ?? []), pointer]);
    for (const { path, schema: child } of subSchemas(schema))
      visit(child, path.reduce(childPointer, pointer));
  };
  visit(root, '');
  return { schemas, anchors };
}

/**
 * Resolves a local reference to the pointer of its schema; undefined if it is not local or its target is no
 * schema.
 */
export function resolveReference(index: SchemaIndex, reference: string): string | undefined {
  if (!reference.startsWith('#')) return undefined;
  const fragment = decodeFragment(reference.slice(1));
  if (fragment === undefined) return undefined;
  const pointer = fragment === '' || fragment.startsWith('/') ? fragment : index.anchors.get(fragment)?.[0];
  return pointer !== undefined && index.schemas.has(pointer) ? pointer : undefined;
}

function decodeFragment(fragment: string): string | undefined {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
}
