import type { JsonObject } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import type { PatternJudge } from '../pattern/judge-patterns.ts';
import { expansionFaults } from './expansion-faults.ts';
import { jsonDepth, jsonSizeBytes, longestPointer } from './json-size.ts';
import { keywordFaults } from './keyword-faults.ts';
import { metaSchemaFaults } from './meta-schema.ts';
import { indexSchema } from './schema-index.ts';
import { unusableJson } from './unusable-json.ts';

const maxSizeBytes = 64 * 1024;
const maxDepth = 32;
/** Schemas are known by their pointers, and a map slows down with texts of 16,384 characters or more: all hash alike. */
const maxPointerLength = 4096;

/**
 * Everything that makes a JSON Schema unusable here, pointers from the given one: larger than 64 KB, deeper than 32,
 * with very long names, not of 2020-12, a reference that is not local or gets nowhere, a pattern that could hang or takes
 * too much work to judge, an unsupported keyword. The judge is that of the whole definition.
 */
export async function schemaFaults(
  schema: JsonObject,
  pointer: string,
  judge: PatternJudge,
): Promise<readonly Fault[]> {
  const faults = boundFaults(schema) ?? [
    ...unusableJson(schema, ''),
    ...(await metaSchemaFaults(schema)),
    ...structureFaults(schema, judge),
  ];
  return faults.map((fault) => ({ ...fault, pointer: `${pointer}${fault.pointer}` }));
}

/** A schema out of bounds is not looked into any further. */
function boundFaults(schema: JsonObject): readonly Fault[] | undefined {
  const depth = jsonDepth(schema, maxDepth);
  if (depth > maxDepth) {
    return [{ pointer: '', detail: `must be nested at most ${maxDepth} deep`, keyword: 'depth' }];
  }
  const sizeBytes = jsonSizeBytes(schema);
  if (sizeBytes > maxSizeBytes) {
    const detail = `must be at most ${maxSizeBytes} bytes as JSON, not ${sizeBytes}`;
    return [{ pointer: '', detail, keyword: 'size' }];
  }
  if (longestPointer(schema) > maxPointerLength) {
    const detail = `must have shorter names: a pointer to a place in it has more than ${maxPointerLength} characters`;
    return [{ pointer: '', detail, keyword: 'size' }];
  }
  return undefined;
}

function structureFaults(schema: JsonObject, judge: PatternJudge): readonly Fault[] {
  const index = indexSchema(schema);
  return [...keywordFaults(index, judge), ...expansionFaults(index)];
}
