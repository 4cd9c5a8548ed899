import type { JsonObject } from '../../core/contract/json.ts';
import { isJsonArray } from '../../core/json-schema/schema/json-kind.ts';
import { childPointer } from '../../core/json-schema/schema/json-pointer.ts';
import type { Conversion } from './conversion.ts';
import { arrayOf, type TypeText, unknownType } from './type-text.ts';

/** Longer tuples become arrays: the compiler limits their length. */
const maxTupleItems = 100;

/** The type of the arrays that a schema allows: a tuple for `prefixItems`. */
export function arrayType(conversion: Conversion, pointer: string, schema: JsonObject): TypeText {
  const { prefixItems, items, minItems } = schema;
  const rest = items === undefined ? unknownType : conversion.part(childPointer(pointer, 'items'));
  if (!isJsonArray(prefixItems)) return arrayOf(rest);
  if (prefixItems.length > maxTupleItems) return arrayOf(unknownType);
  const required = typeof minItems === 'number' ? minItems : 0;
  const members = prefixItems.map((_, position) => {
    const { text, level } = conversion.part(childPointer(childPointer(pointer, 'prefixItems'), position));
    if (position < required) return text;
    return level === 'atom' ? `${text}?` : `(${text})?`;
  });
  const further = items === false ? [] : [`...${arrayOf(rest).text.replace(/^readonly /, '')}`];
  return { text: `readonly [${[...members, ...further].join(', ')}]`, level: 'operator', alternatives: 1 };
}
