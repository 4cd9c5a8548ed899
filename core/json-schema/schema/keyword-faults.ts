import type { JsonObject } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import { judgePattern, type PatternJudge } from '../pattern/judge-patterns.ts';
import { isJsonObject } from './json-kind.ts';
import { childPointer } from './json-pointer.ts';
import { resolveReference, type SchemaIndex } from './schema-index.ts';

const dialect = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** What the interpreter does not do, and what older drafts have in its place. */
const refusedKeywords: ReadonlyMap<string, string> = new Map([
  ['$dynamicRef', 'is not supported: use $ref'],
  ['$dynamicAnchor', 'is not supported: use $anchor'],
  ['$recursiveRef', 'is not part of JSON Schema 2020-12: use $ref'],
  ['$recursiveAnchor', 'is not part of JSON Schema 2020-12: use $anchor'],
  ['additionalItems', 'is not part of JSON Schema 2020-12: use prefixItems and items'],
  ['dependencies', 'is not part of JSON Schema 2020-12: use dependentRequired or dependentSchemas'],
]);

/** Faults of the keywords of every schema in a document, pointers from its root. */
export function keywordFaults(index: SchemaIndex, judge: PatternJudge): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [pointer, schema] of index.schemas) {
    if (typeof schema === 'boolean') continue;
    faults.push(...refused(schema, pointer), ...identity(schema, pointer));
    faults.push(...patterns(schema, pointer, judge));
    faults.push(...reference(schema, { pointer, index }));
  }
  return [...faults, ...repeatedAnchors(index)];
}

function refused(schema: JsonObject, pointer: string): readonly Fault[] {
  return [...refusedKeywords]
    .filter(([keyword]) => Object.hasOwn(schema, keyword))
    .map(([keyword, detail]) => ({ pointer: childPointer(pointer, keyword), detail, keyword }));
}

function identity(schema: JsonObject, pointer: string): readonly Fault[] {
  const faults: Fault[] = [];
  const { $schema: named, $id: id } = schema;
  if (named !== undefined && !(typeof named === 'string' && dialect.test(named))) {
    const detail = 'must be https://json-schema.org/draft/2020-12/schema or be left out';
    faults.push({ pointer: childPointer(pointer, '$schema'), detail, keyword: '$schema' });
  }
  if (id !== undefined && pointer !== '') {
    const detail = 'is allowed at the root only: inside it would change what references mean';
    faults.push({ pointer: childPointer(pointer, '$id'), detail, keyword: '$id' });
  }
  return faults;
}

function patterns(schema: JsonObject, pointer: string, judge: PatternJudge): readonly Fault[] {
  const { pattern, patternProperties } = schema;
  const found = isJsonObject(patternProperties)
    ? Object.keys(patternProperties).map((text) => [text, ['patternProperties', text]] as const)
    : [];
  const all = typeof pattern === 'string' ? [[pattern, ['pattern']] as const, ...found] : found;
  return all.flatMap(([text, path]) => {
    const detail = judgePattern(judge, text);
    return detail === undefined
      ? []
      : [{ pointer: path.reduce(childPointer, pointer), detail, keyword: path[0] }];
  });
}

function reference(schema: JsonObject, place: { readonly pointer: string; readonly index: SchemaIndex }) {
  const { $ref } = schema;
  if (typeof $ref !== 'string' || resolveReference(place.index, $ref) !== undefined) return [];
  const detail = $ref.startsWith('#')
    ? 'does not lead to a schema of this document'
    : 'must be local, such as #/$defs/size: other documents are not fetched';
  return [{ pointer: childPointer(place.pointer, '$ref'), detail, keyword: '$ref' }];
}

function repeatedAnchors(index: SchemaIndex): readonly Fault[] {
  return [...index.anchors].flatMap(([anchor, pointers]) =>
    pointers.slice(1).map((pointer) => ({
      pointer: childPointer(pointer, '$anchor'),
      detail: `must not be used twice: ${anchor}`,
      keyword: '$anchor',
    })),
  );
}
