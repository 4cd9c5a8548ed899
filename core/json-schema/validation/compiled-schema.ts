import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject } from '../schema/json-kind.ts';
import { layoutOf } from '../schema/keywords.ts';
import { indexSchema, resolveReference, type SchemaIndex } from '../schema/schema-index.ts';
import { nodeMaker } from './interpreter/make-node.ts';
import type { SchemaNode } from './interpreter/schema-node.ts';
import { workPerLocation } from './schema-work.ts';

/** A checked schema, compiled for many validations. */
export interface CompiledSchema {
  readonly root: JsonObject;
  /** Schemas by the `$ref` text that refers to them. */
  readonly targets: ReadonlyMap<string, JsonObject>;
  /** The same schema, ready for evaluation. */
  readonly node: SchemaNode;
  /** Whether it uses regular expressions, whose time may grow as a high power of a text's length. */
  readonly requiresPatterns: boolean;
  readonly hasDefaults: boolean;
  /** See the function `workPerLocation`. */
  readonly workPerLocation: number;
  /** Whether it uses `unevaluatedProperties` or `unevaluatedItems`. */
  readonly requiresUnevaluated: boolean;
}

interface Compilation {
  readonly index: SchemaIndex;
  readonly made: Map<JsonObject, JsonObject>;
  /** Pointers of the source by the `$ref` text that replaces them. */
  readonly references: Map<string, string>;
}

const assertions: ReadonlySet<string> = new Set([
  ...['type', 'const', 'enum', 'required', 'dependentRequired', 'minProperties', 'maxProperties'],
  ...['minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'pattern', 'format', 'default', 'title'],
]);

const cache = new WeakMap<JsonObject, CompiledSchema>();

/**
 * Compiles each schema object once. The schema must have passed checkDefinition and must not change
 * afterwards.
 */
export function compiledSchema(schema: JsonObject): CompiledSchema {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const compiled = compile(schema);
  cache.set(schema, compiled);
  return compiled;
}

/**
 * Returns a function that compiles a subschema of a checked schema for separate evaluation; its references
 * resolve as in the whole schema. Shared parts are compiled once, and the work per location is treated as
 * unbounded.
 */
export function compiledParts(whole: JsonObject): (part: JsonObject) => CompiledSchema {
  const compilation = newCompilation(whole);
  for (const source of compilation.index.schemas.values()) compileNode(compilation, source);
  const targets = compileTargets(compilation);
  const nodeOf = nodeMaker(targets);
  const shared = { targets, ...traitsOf(compilation), workPerLocation: Number.POSITIVE_INFINITY };
  return (part) => {
    const root = compileNode(compilation, part);
    return { root, node: nodeOf(root), ...shared };
  };
}

/** Compiles a copy that has only known keywords, and in which every `$ref` is `#` or `#/$defs/<number>`. */
function compile(source: JsonObject): CompiledSchema {
  const compilation = newCompilation(source);
  const root = compileNode(compilation, source);
  const targets = compileTargets(compilation);
  const definitions = [...targets].filter(([text]) => text !== '#');
  Object.assign(root, {
    $defs: Object.fromEntries(definitions.map(([text, target]) => [text.slice(8), target])),
  });
  return {
    root,
    targets,
    node: nodeMaker(targets)(root),
    ...traitsOf(compilation),
    workPerLocation: workPerLocation(root, targets),
  };
}

function newCompilation(source: JsonObject): Compilation {
  return { index: indexSchema(source), made: new Map(), references: new Map() };
}

function traitsOf({ made }: Compilation) {
  const nodes = [...made.values()];
  const hasAny = (...keywords: readonly string[]) =>
    nodes.some((node) => keywords.some((keyword) => Object.hasOwn(node, keyword)));
  return {
    requiresPatterns: hasAny('pattern', 'patternProperties', 'format'),
    hasDefaults: hasAny('default'),
    requiresUnevaluated: hasAny('unevaluatedProperties', 'unevaluatedItems'),
  };
}

/** A target may contain further references, so the map grows while it is iterated. */
function compileTargets(compilation: Compilation): ReadonlyMap<string, JsonObject> {
  const targets = new Map<string, JsonObject>();
  for (const [pointer, text] of compilation.references) {
    targets.set(text, compileNode(compilation, compilation.index.schemas.get(pointer) ?? true));
  }
  return targets;
}

function compileNode(compilation: Compilation, source: JsonValue): JsonObject {
  // `not: {}` instead of `false`, because an error needs a keyword.
  if (!isJsonObject(source)) return source === false ? { not: {} } : {};
  const known = compilation.made.get(source);
  if (known !== undefined) return known;
  const members = Object.entries(source).flatMap(([keyword, value]) =>
    compileMember(compilation, keyword, value),
  );
  const node: JsonObject = Object.fromEntries(members);
  compilation.made.set(source, node);
  return node;
}

function compileMember(compilation: Compilation, keyword: string, value: JsonValue): [string, JsonValue][] {
  if (assertions.has(keyword)) return [[keyword, value]];
  if (keyword === '$ref' && typeof value === 'string') return [['$ref', referenceText(compilation, value)]];
  const layout = layoutOf(keyword);
  if (layout === undefined || keyword === '$defs' || keyword === 'definitions') return [];
  const compileChild = (child: JsonValue) => compileNode(compilation, child);
  if (layout === 'single') return [[keyword, compileChild(value)]];
  if (layout === 'list') return isJsonArray(value) ? [[keyword, value.map(compileChild)]] : [];
  if (!isJsonObject(value)) return [];
  return [
    [keyword, Object.fromEntries(Object.entries(value).map(([name, child]) => [name, compileChild(child)]))],
  ];
}

function referenceText(compilation: Compilation, reference: string): string {
  const pointer = resolveReference(compilation.index, reference) ?? '';
  const text =
    compilation.references.get(pointer) ?? (pointer === '' ? '#' : `#/$defs/${compilation.references.size}`);
  compilation.references.set(pointer, text);
  return text;
}
