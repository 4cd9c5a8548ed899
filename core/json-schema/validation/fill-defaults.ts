import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { isJsonArray, isJsonObject, ownMember } from '../schema/json-kind.ts';
import type { CompiledSchema } from './compiled-schema.ts';

/** A schema that applies to a value, and how many references or `allOf` lie between it and the nearest one. */
interface Applied {
  readonly schema: JsonObject;
  readonly distance: number;
}

interface Filling {
  readonly targets: ReadonlyMap<string, JsonObject>;
  /** Characters of JSON that may still be added. */
  charactersLeft: number;
  /** Schemas whose defaults are being filled in above, so that a default cannot bring itself in again. */
  readonly above: ReadonlySet<JsonObject>;
}

/** How much all defaults together may add. */
const maxAddedCharacters = 1_000_000;

/** Counted for each default beside its text, so that very many small ones come to an end too. */
const addedPerDefault = 50;

/** Thrown when the defaults would add more than 1,000,000 characters of JSON. */
export class DefaultsTooLargeError extends Error {
  override readonly name = 'DefaultsTooLargeError';
}

/**
 * The value with the defaults of absent properties, sharing what stays as it is: through `properties`, `additionalProperties`, `items`,
 * `prefixItems`, `$ref` and `allOf`, not through choices (`anyOf`, `oneOf`, `if`). An absent object is made only if it
 * has a default itself. The nearest default counts; where two equally near ones differ, none does. The defaults of the
 * schemas in `above` are not filled in.
 */
export function fillDefaults(
  compiled: CompiledSchema,
  value: JsonValue,
  above: ReadonlySet<JsonObject> = new Set(),
): JsonValue {
  if (!compiled.hasDefaults) return value;
  const filling: Filling = {
    targets: compiled.targets,
    charactersLeft: maxAddedCharacters,
    above,
  };
  return fill(filling, [{ schema: compiled.root, distance: 0 }], value);
}

function fill(filling: Filling, nearest: readonly Applied[], value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  const applied = allApplied(filling, nearest);
  return isJsonArray(value) ? fillItems(filling, applied, value) : fillMembers(filling, applied, value);
}

/** The schemas with those that they apply to the same value by reference or `allOf`. */
function allApplied(filling: Filling, nearest: readonly Applied[]): readonly Applied[] {
  const found = new Map<JsonObject, Applied>();
  const waiting = [...nearest];
  for (const applied of waiting) {
    if (found.has(applied.schema)) continue;
    found.set(applied.schema, applied);
    const { $ref, allOf } = applied.schema;
    const target = typeof $ref === 'string' ? filling.targets.get($ref) : undefined;
    const further = [...(target === undefined ? [] : [target]), ...(isJsonArray(allOf) ? allOf : [])];
    waiting.push(
      ...further.filter(isJsonObject).map((schema) => ({ schema, distance: applied.distance + 1 })),
    );
  }
  return [...found.values()];
}

function fillMembers(filling: Filling, applied: readonly Applied[], value: JsonObject): JsonObject {
  const changed = new Map<string, JsonValue>();
  for (const name of Object.keys(value)) {
    const member = value[name] ?? null;
    const filled = fill(filling, schemasOfMember(applied, name), member);
    if (filled !== member) changed.set(name, filled);
  }
  const added = absentNames(applied, value).flatMap((name): [string, JsonValue][] => {
    const member = makeMember(filling, schemasOfMember(applied, name));
    return member === undefined ? [] : [[name, member]];
  });
  if (changed.size === 0 && added.length === 0) return value;
  const members = Object.entries(value).map(([name, member]) => [name, changed.get(name) ?? member] as const);
  return Object.fromEntries([...members, ...added]);
}

function absentNames(applied: readonly Applied[], value: JsonObject): readonly string[] {
  const named = applied.flatMap(({ schema }) =>
    Object.keys(isJsonObject(schema['properties']) ? schema['properties'] : {}),
  );
  return [...new Set(named)].filter((name) => !Object.hasOwn(value, name));
}

function makeMember(filling: Filling, nearest: readonly Applied[]): JsonValue | undefined {
  const applied = allApplied(filling, nearest);
  const chosen = chooseDefault(applied);
  if (chosen === undefined || filling.above.has(chosen.schema)) return undefined;
  filling.charactersLeft -= JSON.stringify(chosen.value).length + addedPerDefault;
  if (filling.charactersLeft < 0) throw new DefaultsTooLargeError('the defaults add too much');
  const inside: Filling = { ...filling, above: new Set([...filling.above, chosen.schema]) };
  const made = fill(inside, nearest, chosen.value);
  filling.charactersLeft = inside.charactersLeft;
  return made;
}

function chooseDefault(
  applied: readonly Applied[],
): { readonly schema: JsonObject; readonly value: JsonValue } | undefined {
  const candidates = applied.flatMap(({ schema, distance }) => {
    const value = schema['default'];
    return value === undefined ? [] : [{ schema, distance, value }];
  });
  const least = Math.min(...candidates.map(({ distance }) => distance));
  const [first, ...others] = candidates.filter(({ distance }) => distance === least);
  if (first === undefined || others.length === 0) return first;
  const text = canonicalJson(first.value);
  return others.every(({ value }) => canonicalJson(value) === text) ? first : undefined;
}

function schemasOfMember(applied: readonly Applied[], name: string): readonly Applied[] {
  return applied.flatMap(({ schema, distance }) => {
    const { properties, patternProperties, additionalProperties } = schema;
    const own = isJsonObject(properties) ? ownMember(properties, name) : undefined;
    if (own !== undefined) return reaches(own, distance);
    return patternProperties === undefined ? reaches(additionalProperties, distance) : [];
  });
}

function fillItems(
  filling: Filling,
  applied: readonly Applied[],
  items: readonly JsonValue[],
): readonly JsonValue[] {
  let copy: JsonValue[] | undefined;
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const schemas = applied.flatMap(({ schema: { prefixItems, items: rest }, distance }) => {
      const prefix = isJsonArray(prefixItems) ? prefixItems : [];
      return reaches(index < prefix.length ? prefix[index] : rest, distance);
    });
    const filled = fill(filling, schemas, item);
    if (filled === item) continue;
    copy ??= [...items];
    copy[index] = filled;
  }
  return copy ?? items;
}

function reaches(schema: JsonValue | undefined, distance: number): readonly Applied[] {
  return isJsonObject(schema) ? [{ schema, distance }] : [];
}
