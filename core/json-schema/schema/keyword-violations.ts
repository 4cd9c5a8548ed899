import type { JsonObject } from '../../contract/json.ts';
import type { Violation } from '../../contract/problems/problem-schema.ts';
import { type PatternChecker, patternViolation } from '../pattern/pattern-checker.ts';
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
export function keywordViolations(index: SchemaIndex, checker: PatternChecker): readonly Violation[] {
  const violations: Violation[] = [];
  for (const [pointer, schema] of index.schemas) {
    if (typeof schema === 'boolean') continue;
    violations.push(...unsupportedViolation(schema, pointer), ...identity(schema, pointer));
    violations.push(...patterns(schema, pointer, checker));
    violations.push(...reference(schema, { pointer, index }));
  }
  return [...violations, ...repeatedAnchors(index)];
}

function unsupportedViolation(schema: JsonObject, pointer: string): readonly Violation[] {
  return [...unsupportedKeywords]
    .filter(([keyword]) => Object.hasOwn(schema, keyword))
    .map(([keyword, detail]) => ({ pointer: childPointer(pointer, keyword), detail, keyword }));
}

function identity(schema: JsonObject, pointer: string): readonly Violation[] {
  const violations: Violation[] = [];
  const { $schema: dialectUri, $id: id } = schema;
  if (dialectUri !== undefined && !(typeof dialectUri === 'string' && dialect.test(dialectUri))) {
    const detail = 'must be https://json-schema.org/draft/2020-12/schema or be omitted';
    violations.push({ pointer: childPointer(pointer, '$schema'), detail, keyword: '$schema' });
  }
  if (id !== undefined && pointer !== '') {
    const detail = 'is allowed at the root only: in a subschema it would change the base URI of references';
    violations.push({ pointer: childPointer(pointer, '$id'), detail, keyword: '$id' });
  }
  return violations;
}

function patterns(schema: JsonObject, pointer: string, checker: PatternChecker): readonly Violation[] {
  const { pattern, patternProperties } = schema;
  const found = isJsonObject(patternProperties)
    ? Object.keys(patternProperties).map((text) => [text, ['patternProperties', text]] as const)
    : [];
  const all = typeof pattern === 'string' ? [[pattern, ['pattern']] as const, ...found] : found;
  return all.flatMap(([text, path]) => {
    const detail = patternViolation(checker, text);
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

function repeatedAnchors(index: SchemaIndex): readonly Violation[] {
  return [...index.anchors].flatMap(([anchor, pointers]) =>
    pointers.slice(1).map((pointer) => ({
      pointer: childPointer(pointer, '$anchor'),
      detail: `must be unique in the document, but ${anchor} is used more than once`,
      keyword: '$anchor',
    })),
  );
}
