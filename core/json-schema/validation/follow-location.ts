import type { JsonObject, JsonValue } from '../../contract/json.ts';
import { isJsonArray, isJsonObject, ownMember } from '../schema/json-kind.ts';
import { pointerSegments } from '../schema/json-pointer.ts';
import { holdingOf } from '../schema/keywords.ts';
import type { CompiledSchema } from './compiled-schema.ts';

/** The place of a keyword that a value broke. */
export interface KeywordPlace {
  /** The schema that has the keyword. */
  readonly schema: JsonObject;
  /** The schema that holds that schema, and by which keyword; absent at the root. */
  readonly holder?: { readonly schema: JsonObject; readonly keyword: string };
}

/** Follows the location of a keyword, such as `/properties/a/$ref/minimum`, through references. */
export function followLocation(compiled: CompiledSchema, location: string): KeywordPlace {
  const segments = pointerSegments(location);
  let place: KeywordPlace = { schema: compiled.root };
  let at = 0;
  while (at < segments.length - 1) {
    const keyword = segments[at] ?? '';
    const named = ['list', 'map'].includes(holdingOf(keyword) ?? '');
    const schema = heldSchema(compiled, place.schema, [keyword, named ? segments[at + 1] : undefined]);
    place = { schema, holder: { schema: place.schema, keyword } };
    at += named ? 2 : 1;
  }
  return place;
}

function heldSchema(
  compiled: CompiledSchema,
  schema: JsonObject,
  [keyword, name]: readonly [string, string | undefined],
): JsonObject {
  const held = ownMember(schema, keyword);
  const found =
    keyword === '$ref'
      ? compiled.targets.get(String(held))
      : name === undefined
        ? held
        : isJsonArray(held)
          ? held[Number(name)]
          : ownMember(isJsonObject(held) ? held : {}, name);
  return isJsonObject(found) ? found : {};
}

/** The value that a pointer leads to; undefined when there is none. */
export function valueAt(root: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const segment of pointerSegments(pointer)) {
    if (isJsonArray(value)) value = value[Number(segment)];
    else value = isJsonObject(value) ? ownMember(value, segment) : undefined;
  }
  return value;
}
