import type { JsonObject } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import type { PatternChecker } from '../pattern/pattern-checker.ts';
import { expansionViolations } from './expansion-violations.ts';
import { jsonDepth, jsonSizeBytes, longestPointer } from './json-size.ts';
import { keywordViolations } from './keyword-violations.ts';
import { metaSchemaViolations } from './meta-schema.ts';
import { indexSchema } from './schema-index.ts';
import { unusableJson } from './unusable-json.ts';

const maxSizeBytes = 64 * 1024;
const maxDepth = 32;
/**
 * Schemas are keyed by pointer, and a `Map` degrades with strings of 16,384 characters or more: all have the
 * same hash.
 */
const maxPointerLength = 4096;

/**
 * Returns everything that makes a JSON Schema unusable here: it is larger than 64 KB, nested deeper than 32,
 * has very long names or is not valid 2020-12, a reference is not local or cannot be resolved, a pattern
 * could hang or takes too much work to check, or a keyword is not supported. Pointers start with `pointer`.
 * All patterns of a definition share `checker`.
 */
export async function schemaViolations(
  schema: JsonObject,
  pointer: string,
  checker: PatternChecker,
): Promise<readonly Violation[]> {
  const violations = boundViolations(schema) ?? [
    ...unusableJson(schema, ''),
    ...(await metaSchemaViolations(schema)),
    ...structureViolations(schema, checker),
  ];
  return violations.map((violation) => ({ ...violation, pointer: `${pointer}${violation.pointer}` }));
}

/** A schema that exceeds these limits is not checked any further. */
function boundViolations(schema: JsonObject): readonly Violation[] | undefined {
  const depth = jsonDepth(schema, maxDepth);
  if (depth > maxDepth) {
    return [{ pointer: '', detail: `must be nested at most ${maxDepth} levels deep`, keyword: 'depth' }];
  }
  const sizeBytes = jsonSizeBytes(schema);
  if (sizeBytes > maxSizeBytes) {
    const detail = `must be at most ${maxSizeBytes} bytes as JSON, not ${sizeBytes}`;
    return [{ pointer: '', detail, keyword: 'size' }];
  }
  if (longestPointer(schema) > maxPointerLength) {
    const detail = `must have shorter names: a JSON Pointer into the schema has more than ${maxPointerLength} characters`;
    return [{ pointer: '', detail, keyword: 'size' }];
  }
  return undefined;
}

function structureViolations(schema: JsonObject, checker: PatternChecker): readonly Violation[] {
  const index = indexSchema(schema);
  return [...keywordViolations(index, checker), ...expansionViolations(index)];
}
