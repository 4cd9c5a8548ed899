import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject, ownMember } from '../schema/json-kind.ts';
import { pointerSegments } from '../schema/json-pointer.ts';
import { layoutOf } from '../schema/keywords.ts';
import type { CompiledSchema } from './compiled-schema.ts';

/** The location of a keyword that a value violates. */
export interface KeywordLocation {
  /** The schema that has the keyword. */
  readonly schema: JsonObject;
  /** The schema that contains `schema`, and the keyword that contains it; absent at the root. */
  readonly parent?: { readonly schema: JsonObject; readonly keyword: string };
}

/** Resolves the location of a keyword, such as `/properties/a/$ref/minimum`, through references. */
export function followLocation(compiled: CompiledSchema, pointer: string): KeywordLocation {
  const segments = pointerSegments(pointer);
  let location: KeywordLocation = { schema: compiled.root };
  let at = 0;
  while (at < segments.length - 1) {
    const keyword = segments[at] ?? '';
    const hasNames = ['list', 'map'].includes(layoutOf(keyword) ?? '');
    const schema = childSchema(compiled, location.schema, [keyword, hasNames ? segments[at + 1] : undefined]);
    location = { schema, parent: { schema: location.schema, keyword } };
    at += hasNames ? 2 : 1;
  }
  return location;
}

function childSchema(
  compiled: CompiledSchema,
  schema: JsonObject,
  [keyword, name]: readonly [string, string | undefined],
): JsonObject {
  const member = ownMember(schema, keyword);
  const found =
    keyword === '$ref'
      ? compiled.targets.get(String(member))
      : name === undefined
        ? member
        : isJsonArray(member)
          ? member[Number(name)]
          : ownMember(isJsonObject(member) ? member : {}, name);
  return isJsonObject(found) ? found : {};
}

/** Returns the value at a pointer, or undefined if the pointer has no target. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const segment of pointerSegments(pointer)) {
    if (isJsonArray(value)) value = value[Number(segment)];
    else value = isJsonObject(value) ? ownMember(value, segment) : undefined;
  }
  return value;
}
