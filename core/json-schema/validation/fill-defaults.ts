import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { canonicalJson } from '../schema/canonical-json.ts';
import { isJsonArray, isJsonObject, ownMember } from '../schema/json-kind.ts';
import type { CompiledSchema } from './compiled-schema.ts';

/** A schema that applies to a value, and the number of `$ref` or `allOf` steps that lead to it. */
interface Applied {
  readonly schema: JsonObject;
  readonly distance: number;
}

interface FillState {
  readonly targets: ReadonlyMap<string, JsonObject>;
  /** The number of characters of JSON that may still be added. */
  charactersLeft: number;
  /**
   * Schemas whose defaults are being filled in at a higher level, so that a default cannot contain itself.
   */
  readonly ancestors: ReadonlySet<JsonObject>;
}

/** The limit for all defaults together. */
const maxAddedCharacters = 1_000_000;

/** Charged for each default in addition to its text, to bound the number of small defaults, too. */
const addedPerDefault = 50;

/** Thrown when the defaults would add more than 1,000,000 characters of JSON. */
export class DefaultsTooLargeError extends Error {
  override readonly name = 'DefaultsTooLargeError';
}

/**
 * Returns the value with the defaults of absent properties; unchanged parts are shared with the input.
 * Defaults apply through `properties`, `additionalProperties`, `items`, `prefixItems`, `$ref` and `allOf`,
 * not through alternatives (`anyOf`, `oneOf`, `if`). An absent object is created only if it has a default
 * itself. The default with the fewest `$ref` and `allOf` steps is used, and none if two with equally few
 * steps differ. The defaults of the schemas in `ancestors` are not filled in.
 */
export function fillDefaults(
  compiled: CompiledSchema,
  value: JsonValue,
  ancestors: ReadonlySet<JsonObject> = new Set(),
): JsonValue {
  if (!compiled.hasDefaults) return value;
  const state: FillState = {
    targets: compiled.targets,
    charactersLeft: maxAddedCharacters,
    ancestors,
  };
  return fill(state, [{ schema: compiled.root, distance: 0 }], value);
}

function fill(state: FillState, direct: readonly Applied[], value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  const applied = subschemasApplied(state, direct);
  return isJsonArray(value) ? fillItems(state, applied, value) : fillMembers(state, applied, value);
}

/** Returns the schemas and those that they apply to the same value by `$ref` or `allOf`. */
function subschemasApplied(state: FillState, direct: readonly Applied[]): readonly Applied[] {
  const found = new Map<JsonObject, Applied>();
  const pending = [...direct];
  for (const applied of pending) {
    if (found.has(applied.schema)) continue;
    found.set(applied.schema, applied);
    const { $ref, allOf } = applied.schema;
    const target = typeof $ref === 'string' ? state.targets.get($ref) : undefined;
    const further = [...(target === undefined ? [] : [target]), ...(isJsonArray(allOf) ? allOf : [])];
    pending.push(
      ...further.filter(isJsonObject).map((schema) => ({ schema, distance: applied.distance + 1 })),
    );
  }
  return [...found.values()];
}

function fillMembers(state: FillState, applied: readonly Applied[], value: JsonObject): JsonObject {
  const changed = new Map<string, JsonValue>();
  for (const name of Object.keys(value)) {
    const member = value[name] ?? null;
    const filled = fill(state, schemasOfMember(applied, name), member);
    if (filled !== member) changed.set(name, filled);
  }
  const added = absentNames(applied, value).flatMap((name): [string, JsonValue][] => {
    const member = makeMember(state, schemasOfMember(applied, name));
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

function makeMember(state: FillState, direct: readonly Applied[]): JsonValue | undefined {
  const applied = subschemasApplied(state, direct);
  const chosen = chooseDefault(applied);
  if (chosen === undefined || state.ancestors.has(chosen.schema)) return undefined;
  state.charactersLeft -= JSON.stringify(chosen.value).length + addedPerDefault;
  if (state.charactersLeft < 0) throw new DefaultsTooLargeError('the defaults add too much');
  const nested: FillState = { ...state, ancestors: new Set([...state.ancestors, chosen.schema]) };
  const made = fill(nested, direct, chosen.value);
  state.charactersLeft = nested.charactersLeft;
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
    if (own !== undefined) return applies(own, distance);
    return patternProperties === undefined ? applies(additionalProperties, distance) : [];
  });
}

function fillItems(
  state: FillState,
  applied: readonly Applied[],
  items: readonly JsonValue[],
): readonly JsonValue[] {
  let copy: JsonValue[] | undefined;
  for (const [index, item] of items.entries()) {
    if (typeof item !== 'object' || item === null) continue;
    const schemas = applied.flatMap(({ schema: { prefixItems, items: rest }, distance }) => {
      const prefix = isJsonArray(prefixItems) ? prefixItems : [];
      return applies(index < prefix.length ? prefix[index] : rest, distance);
    });
    const filled = fill(state, schemas, item);
    if (filled === item) continue;
    copy ??= [...items];
    copy[index] = filled;
  }
  return copy ?? items;
}

function applies(schema: JsonValue | undefined, distance: number): readonly Applied[] {
  return isJsonObject(schema) ? [{ schema, distance }] : [];
}
