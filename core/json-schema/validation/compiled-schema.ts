import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject } from '../schema/json-kind.ts';
import { holdingOf } from '../schema/keywords.ts';
import { indexSchema, resolveReference, type SchemaIndex } from '../schema/schema-index.ts';
import { nodeMaker } from './interpreter/make-node.ts';
import type { SchemaNode } from './interpreter/schema-node.ts';
import { workPerLocation } from './schema-work.ts';

/** A checked schema made ready for many validations. */
export interface CompiledSchema {
  readonly root: JsonObject;
  /** Schemas by the text of the `$ref` that leads to them. */
  readonly targets: ReadonlyMap<string, JsonObject>;
  /** The same schema, ready to be evaluated. */
  readonly node: SchemaNode;
  /** The time that a regular expression takes may grow as a high power of a text's length. */
  readonly requiresPatterns: boolean;
  readonly hasDefaults: boolean;
  /** See `workPerPlace`. */
  readonly workPerLocation: number;
  /** Some schema asks for what others have not evaluated. */
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

/** Compiles each schema object once. The schema must have passed checkDefinition and must not change afterwards. */
export function compiledSchema(schema: JsonObject): CompiledSchema {
  const known = cache.get(schema);
  if (known !== undefined) return known;
  const compiled = compile(schema);
  cache.set(schema, compiled);
  return compiled;
}

/**
 * Makes each schema inside a checked one ready to be evaluated by itself; its references lead where they lead in the whole.
 * What the parts share is made once, and the work that they make is not bounded.
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

/** Works on a copy that has known keywords only, and in which every `$ref` leads to `#` or `#/$defs/<number>`. */
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

/** A target may bring further references, so the list grows while it is walked. */
function compileTargets(compilation: Compilation): ReadonlyMap<string, JsonObject> {
  const targets = new Map<string, JsonObject>();
  for (const [pointer, text] of compilation.references) {
    targets.set(text, compileNode(compilation, compilation.index.schemas.get(pointer) ?? true));
  }
  return targets;
}

function compileNode(compilation: Compilation, source: JsonValue): JsonObject {
  // `not: {}` instead of `false`: an error needs a keyword.
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
  const holding = holdingOf(keyword);
  if (holding === undefined || keyword === '$defs' || keyword === 'definitions') return [];
  const each = (held: JsonValue) => compileNode(compilation, held);
  if (holding === 'one') return [[keyword, each(value)]];
  if (holding === 'list') return isJsonArray(value) ? [[keyword, value.map(each)]] : [];
  if (!isJsonObject(value)) return [];
  return [[keyword, Object.fromEntries(Object.entries(value).map(([name, held]) => [name, each(held)]))]];
}

function referenceText(compilation: Compilation, reference: string): string {
  const pointer = resolveReference(compilation.index, reference) ?? '';
  const text =
    compilation.references.get(pointer) ?? (pointer === '' ? '#' : `#/$defs/${compilation.references.size}`);
  compilation.references.set(pointer, text);
  return text;
}
