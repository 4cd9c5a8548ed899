import type { JsonValue } from '../../core/contract/json.ts';
import { isJsonObject } from '../../core/json-schema/schema/json-kind.ts';
import type { SchemaIndex } from '../../core/json-schema/schema/schema-index.ts';
import { comment, type TypeText } from './type-text.ts';

/** What a type describes: in parameters, members with a default may be absent. */
export type Direction = 'parameters' | 'result';

/** What the conversion of one schema needs. */
export interface Conversion {
  readonly index: SchemaIndex;
  readonly direction: Direction;
  /** Returns the type of a member, an item, or another part of the value. */
  part(pointer: string): TypeText;
}

/** The comment of a schema: its title and description, its default in parameters, and whether it is deprecated. */
export function documentation(schema: JsonValue, direction: Direction): string {
  if (!isJsonObject(schema)) return '';
  const { title, description, default: byDefault, deprecated } = schema;
  return comment([
    textOf(title),
    textOf(description),
    direction === 'parameters' && byDefault !== undefined ? `Default: ${shortened(byDefault)}` : undefined,
    deprecated === true ? '@deprecated' : undefined,
  ]);
}

const maxDefaultCharacters = 100;

function shortened(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= maxDefaultCharacters ? text : `${text.slice(0, maxDefaultCharacters)}...`;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
