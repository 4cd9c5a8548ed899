import type { JsonObject } from '../../contract/json.ts';
import type { Fault } from '../../contract/problems/problem-schema.ts';
import { type PatternChecker, patternFault } from '../pattern/pattern-checker.ts';
import { isJsonObject } from './json-kind.ts';
import { childPointer } from './json-pointer.ts';
import { resolveReference, type SchemaIndex } from './schema-index.ts';

const dialect = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;

/** Keywords that the interpreter does not support, and keywords of older drafts, with their replacements. */
const unsupportedKeywords: ReadonlyMap<string, string> = new Map([
  ['$dynamicRef', 'is not supported: use $ref'],
  ['$dynamicAnchor', 'is not supported: use $anchor'],
  ['$recursiveRef', 'is not part of JSON Schema 2020-12: use $ref'],
  ['$recursiveAnchor', 'is not part of JSON Schema 2020-12: use $anchor'],
  ['additionalItems', 'is not part of JSON Schema 2020-12: use prefixItems and items'],
  ['dependencies', 'is not part of JSON Schema 2020-12: use dependentRequired or dependentSchemas'],
]);

/** Checks the keywords of every schema in a document. Pointers start at the root of the document. */
export function keywordFaults(index: SchemaIndex, checker: PatternChecker): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [pointer, schema] of index.schemas) {
    if (typeof schema === 'boolean') continue;
    faults.push(...unsupported(schema, pointer), ...identity(schema, pointer));
    faults.push(...patterns(schema, pointer, checker));
    faults.push(...reference(schema, { pointer, index }));
  }
  return [...faults, ...repeatedAnchors(index)];
}

function unsupported(schema: JsonObject, pointer: string): readonly Fault[] {
  return [...unsupportedKeywords]
    .filter(([keyword]) => Object.hasOwn(schema, keyword))
    .map(([keyword, detail]) => ({ pointer: childPointer(pointer, keyword), detail, keyword }));
}

function identity(schema: JsonObject, pointer: string): readonly Fault[] {
  const faults: Fault[] = [];
  const { $schema: dialectUri, $id: id } = schema;
  if (dialectUri !== undefined && !(typeof dialectUri === 'string' && dialect.test(dialectUri))) {
    const detail = 'must be https://json-schema.org/draft/2020-12/schema or be omitted';
    faults.push({ pointer: childPointer(pointer, '$schema'), detail, keyword: '$schema' });
  }
  if (id !== undefined && pointer !== '') {
    const detail = 'is allowed at the root only: in a subschema it would change the base URI of references';
    faults.push({ pointer: childPointer(pointer, '$id'), detail, keyword: '$id' });
  }
  return faults;
}

function patterns(schema: JsonObject, pointer: string, checker: PatternChecker): readonly Fault[] {
  const { pattern, patternProperties } = schema;
  const found = isJsonObject(patternProperties)
    ? Object.keys(patternProperties).map((text) => [text, ['patternProperties', text]] as const)
    : [];
  const all = typeof pattern === 'string' ? [[pattern, ['pattern']] as const, ...found] : found;
  return all.flatMap(([text, path]) => {
    const detail = patternFault(checker, text);
    return detail === undefined
      ? []
      : [{ pointer: path.reduce(childPointer, pointer), detail, keyword: path[0] }];
  });
}

function reference(schema: JsonObject, context: { readonly pointer: string; readonly index: SchemaIndex }) {
  const { $ref } = schema;
  if (typeof $ref !== 'string' || resolveReference(context.index, $ref) !== undefined) return [];
  const detail = $ref.startsWith('#')
    ? `must refer to a schema in this document, not ${$ref}`
    : 'must be local, such as #/$defs/size: other documents are not fetched';
  return [{ pointer: childPointer(context.pointer, '$ref'), detail, keyword: '$ref' }];
}

function repeatedAnchors(index: SchemaIndex): readonly Fault[] {
  return [...index.anchors].flatMap(([anchor, pointers]) =>
    pointers.slice(1).map((pointer) => ({
      pointer: childPointer(pointer, '$anchor'),
      detail: `must be unique in the document, but ${anchor} is used more than once`,
      keyword: '$anchor',
    })),
  );
}
