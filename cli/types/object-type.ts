import type { JsonObject, JsonValue } from '../../core/contract/json.ts';
import { isJsonArray, isJsonObject, ownMember } from '../../core/json-schema/schema/json-kind.ts';
import { childPointer } from '../../core/json-schema/schema/json-pointer.ts';
import { resolveReference } from '../../core/json-schema/schema/schema-index.ts';
import { type Conversion, documentation } from './conversion.ts';
import { atom, indented, memberName, neverType, type TypeText, union, unknownType } from './type-text.ts';

interface Member {
  readonly name: string;
  readonly type: TypeText;
  readonly isOptional: boolean;
  readonly comment: string;
}

/** The type of the objects that a schema allows: its members, and an index signature unless it excludes further members. */
export function objectType(conversion: Conversion, pointer: string, schema: JsonObject): TypeText {
  const further = furtherMembers(conversion, pointer, schema);
  const members = memberNames(schema).map((name) => memberOf({ conversion, pointer, schema, further }, name));
  const lines = members.map(
    ({ name, type, isOptional, comment }) =>
      `${comment}${memberName(name)}${isOptional ? '?' : ''}: ${type.text};\n`,
  );
  const signature = signatureType(members, further);
  if (signature !== undefined) lines.push(`[name: string]: ${signature.text};\n`);
  const [line = ''] = lines;
  if (members.length === 0) return atom(`{ ${line.replace(/;\n$/, '')} }`);
  return atom(`{${indented(`\n${lines.join('').trimEnd()}`)}\n}`);
}

/** The type of the members that `properties` does not name. */
function furtherMembers(conversion: Conversion, pointer: string, schema: JsonObject): TypeText {
  const { patternProperties, additionalProperties } = schema;
  const patterns = isJsonObject(patternProperties) ? Object.keys(patternProperties) : [];
  const at = childPointer(pointer, 'patternProperties');
  return union([
    ...patterns.map((pattern) => conversion.part(childPointer(at, pattern))),
    additionalProperties === undefined
      ? unknownType
      : conversion.part(childPointer(pointer, 'additionalProperties')),
  ]);
}

function memberNames({ properties, required }: JsonObject): readonly string[] {
  const named = isJsonObject(properties) ? Object.keys(properties) : [];
  return [...new Set([...named, ...requiredNames(required)])];
}

function requiredNames(required: JsonValue | undefined): readonly string[] {
  return isJsonArray(required) ? required.filter((name) => typeof name === 'string') : [];
}

interface Place {
  readonly conversion: Conversion;
  readonly pointer: string;
  readonly schema: JsonObject;
  readonly further: TypeText;
}

function memberOf({ conversion, pointer, schema, further }: Place, name: string): Member {
  const { properties, required } = schema;
  const own = isJsonObject(properties) ? ownMember(properties, name) : undefined;
  const isRequired = requiredNames(required).includes(name);
  const mayBeAbsent =
    conversion.direction === 'parameters' && own !== undefined && hasDefault(conversion, own);
  const isOptional = !isRequired || mayBeAbsent;
  // An object without the member has that of Object.prototype for the compiler, which a narrower type would refuse.
  const isInherited = isOptional && name in Object.prototype;
  const at = childPointer(childPointer(pointer, 'properties'), name);
  const type = own === undefined ? repeatable(further) : conversion.part(at);
  return {
    name,
    type: isInherited ? unknownType : type,
    isOptional,
    comment: own === undefined ? '' : documentation(own, conversion.direction),
  };
}

/** Returns whether the API fills in a value where the member is absent: defaults apply through `$ref` and `allOf`. */
function hasDefault(conversion: Conversion, schema: JsonValue): boolean {
  if (!isJsonObject(schema)) return false;
  if (schema['default'] !== undefined) return true;
  const { $ref, allOf } = schema;
  const target = typeof $ref === 'string' ? resolveReference(conversion.index, $ref) : undefined;
  const referred = target === undefined ? undefined : conversion.index.schemas.get(target);
  return [referred ?? false, ...(isJsonArray(allOf) ? allOf : [])].some((each) =>
    hasDefault(conversion, each),
  );
}

/** Repeating longer types would multiply the text at each level. */
const maxRepeatedCharacters = 200;

function repeatable(type: TypeText): TypeText {
  return type.text.length > maxRepeatedCharacters ? unknownType : type;
}

/**
 * The type of the index signature, which must include the types of all members; undefined if there are no further members.
 */
function signatureType(members: readonly Member[], further: TypeText): TypeText | undefined {
  if (members.length === 0) return further;
  if (further.text === neverType.text) return undefined;
  const types = members.map(({ type }) => type);
  const length = types.reduce((sum, { text }) => sum + (text === further.text ? 0 : text.length), 0);
  if (length > maxRepeatedCharacters) return unknownType;
  const absent = members.some(({ isOptional }) => isOptional) ? [atom('undefined')] : [];
  return union([further, ...types, ...absent]);
}
