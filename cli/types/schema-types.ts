import type { JsonObject } from '../../core/contract/json.ts';
import { expansionViolations } from '../../core/json-schema/schema/expansion-violations.ts';
import { isJsonArray, type JsonKind, jsonKind } from '../../core/json-schema/schema/json-kind.ts';
import { childPointer, pointerSegments } from '../../core/json-schema/schema/json-pointer.ts';
import { jsonDepth } from '../../core/json-schema/schema/json-size.ts';
import { indexSchema, resolveReference } from '../../core/json-schema/schema/schema-index.ts';
import { arrayType } from './array-type.ts';
import { type Conversion, type Direction, documentation } from './conversion.ts';
import { literalType } from './literal-type.ts';
import { objectType } from './object-type.ts';
import { atom, intersection, neverType, type TypeText, union, unknownType } from './type-text.ts';

/** A named type of a module. */
export interface TypeDeclaration {
  readonly name: string;
  /** The declaration with its comment, and a line break at the end. */
  readonly text: string;
}

/** Options of `schemaTypes`. */
export interface SchemaTypesOptions {
  /** The name of the type of the whole schema. */
  readonly name: string;
  readonly direction: Direction;
  /** Returns an unused name for a type: the proposed one, or one like it. */
  readonly unusedName: (proposal: string) => string;
}

type Kinds = ReadonlySet<JsonKind>;

const allKinds: Kinds = new Set(['null', 'boolean', 'number', 'string', 'array', 'object']);
/** The limit of the API for schemas. */
const maxDepth = 32;

/**
 * Converts a JSON Schema 2020-12 to TypeScript: the type of the whole schema first, then one type for each subschema that a `$ref`
 * refers to. Every valid value is assignable to the type. Rules that TypeScript cannot express, such as `pattern` and `not`, are
 * ignored, and so are the conditions of `if`. A schema that the API would refuse because of its depth or because it refers to itself
 * endlessly becomes `unknown`.
 */
export function schemaTypes(
  schema: JsonObject,
  { name, direction, unusedName }: SchemaTypesOptions,
): readonly TypeDeclaration[] {
  const isTooDeep = jsonDepth(schema, maxDepth) > maxDepth;
  const index = indexSchema(isTooDeep ? {} : schema);
  if (isTooDeep || expansionViolations(index).length > 0)
    return [{ name, text: declaration(name, unknownType, documentation(schema, direction)) }];
  const names = new Map([['', name]]);
  const alternatives = new Map<string, number>();
  const context: Context = {
    index,
    direction,
    reference: (pointer) => {
      const known =
        names.get(pointer) ?? unusedName(`${name}${pascalCase(pointerSegments(pointer).at(-1) ?? '')}`);
      names.set(pointer, known);
      const count = alternatives.get(pointer) ?? typeAt(shallow, pointer, allKinds).alternatives;
      alternatives.set(pointer, count);
      return atom(known, count);
    },
    part: (pointer) => typeAt(context, pointer, allKinds),
  };
  // Counts alternatives without the parts of the value, in which a schema may refer to itself.
  const shallow: Context = { ...context, part: () => unknownType };
  const declarations: TypeDeclaration[] = [];
  // The map grows while it is iterated.
  for (const [pointer, typeName] of names) {
    const at = index.schemas.get(pointer) ?? true;
    const text = declaration(typeName, typeAt(context, pointer, allKinds), documentation(at, direction));
    declarations.push({ name: typeName, text });
  }
  return declarations;
}

interface Context extends Conversion {
  /** Returns the named type of the schema that a `$ref` refers to. */
  reference(pointer: string): TypeText;
}

function declaration(name: string, type: TypeText, about: string): string {
  return `${about}export type ${name} = ${type.text};\n`;
}

/** Returns the type of the values of these kinds that a schema allows. */
function typeAt(context: Context, pointer: string, kinds: Kinds): TypeText {
  const schema = context.index.schemas.get(pointer) ?? true;
  if (schema === true) return unknownType;
  if (schema === false) return neverType;
  const own = ownKinds(schema, kinds);
  return intersection([
    baseType({ context, pointer, schema }, kinds, own),
    ...referenced(context, schema),
    ...branches(schema, 'allOf', pointer).map((branch) => typeAt(context, branch, own)),
    ...['anyOf', 'oneOf'].flatMap((keyword) => {
      const found = branches(schema, keyword, pointer);
      return found.length === 0 ? [] : [union(found.map((branch) => typeAt(context, branch, own)))];
    }),
  ]);
}

function referenced({ index, reference }: Context, { $ref }: JsonObject): readonly TypeText[] {
  const target = typeof $ref === 'string' ? resolveReference(index, $ref) : undefined;
  return target === undefined ? [] : [reference(target)];
}

function branches(schema: JsonObject, keyword: string, pointer: string): readonly string[] {
  const schemas = schema[keyword];
  const at = childPointer(pointer, keyword);
  return isJsonArray(schemas) ? schemas.map((_, position) => childPointer(at, position)) : [];
}

function ownKinds({ type }: JsonObject, kinds: Kinds): Kinds {
  if (type === undefined) return kinds;
  const names = new Set(
    (isJsonArray(type) ? type : [type]).map((each) => (each === 'integer' ? 'number' : each)),
  );
  return new Set([...kinds].filter((kind) => names.has(kind)));
}

interface Place {
  readonly context: Context;
  readonly pointer: string;
  readonly schema: JsonObject;
}

/** The type without references and alternatives; `unknown` if the schema does not restrict the kinds that it may have. */
function baseType(place: Place, kinds: Kinds, own: Kinds): TypeText {
  const { schema } = place;
  const values = 'const' in schema ? [schema['const'] ?? null] : schema['enum'];
  if (isJsonArray(values))
    return union(values.filter((value) => own.has(jsonKind(value))).map((value) => literalType(value)));
  const restricts =
    own.size < kinds.size ||
    [...own].some((kind) => (restricting[kind] ?? []).some((keyword) => keyword in schema));
  return restricts
    ? union([...allKinds].filter((kind) => own.has(kind)).map((kind) => typeOfKind(place, kind)))
    : unknownType;
}

/** The keywords that restrict the type of a kind. */
const restricting: Readonly<Partial<Record<JsonKind, readonly string[]>>> = {
  array: ['prefixItems', 'items'],
  object: ['properties', 'patternProperties', 'additionalProperties', 'required'],
};

function typeOfKind({ context, pointer, schema }: Place, kind: JsonKind): TypeText {
  if (kind === 'object') return objectType(context, pointer, schema);
  if (kind === 'array') return arrayType(context, pointer, schema);
  return atom(kind, kind === 'boolean' ? 2 : 1);
}

/** `binary size` becomes `BinarySize`; characters that a name cannot have are dropped. */
export function pascalCase(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}
