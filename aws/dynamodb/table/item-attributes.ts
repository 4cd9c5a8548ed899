import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { omitUndefined } from '../../../core/std/omit-undefined.ts';
import type { Item } from './table.ts';
import { UnreadableItemError } from './unreadable-item-error.ts';

type OptionalAttributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Creates a text attribute; undefined stays undefined. */
export function text(value: string): AttributeValue.SMember;
export function text(value: string | undefined): AttributeValue.SMember | undefined;
export function text(value: string | undefined) {
  return value === undefined ? undefined : { S: value };
}

/** Creates a number attribute; undefined stays undefined. */
export function number(value: number): AttributeValue.NMember;
export function number(value: number | undefined): AttributeValue.NMember | undefined;
export function number(value: number | undefined) {
  return value === undefined ? undefined : { N: String(value) };
}

/** Creates a text attribute from a value as JSON; undefined stays undefined. */
export function jsonText(value: unknown): AttributeValue.SMember | undefined {
  return value === undefined ? undefined : { S: JSON.stringify(value) };
}

/** Returns the attributes without undefined ones. */
export function presentAttributes(attributes: OptionalAttributes): Item {
  return omitUndefined(attributes);
}

/** Reads a text attribute; throws `UnreadableItemError` when it is missing or no text. */
export function readText(item: Item, name: string): string {
  return readOptionalText(item, name) ?? missing(item, name, 'text');
}

/** Reads a text attribute; undefined when it is missing or no text. */
export function readOptionalText(item: Item, name: string): string | undefined {
  return item[name]?.S;
}

/** Reads a number attribute; throws `UnreadableItemError` when it is missing or no number. */
export function readNumber(item: Item, name: string): number {
  return readOptionalNumber(item, name) ?? missing(item, name, 'a number');
}

/** Reads a number attribute; undefined when it is missing or no number. */
export function readOptionalNumber(item: Item, name: string): number | undefined {
  const digits = item[name]?.N;
  return digits === undefined ? undefined : Number(digits);
}

/** Reads an attribute that `jsonText` wrote; the caller chooses the type. */
export function readOptionalJson<Value>(item: Item, name: string): Value | undefined {
  const json = readOptionalText(item, name);
  // Only Errand's own converters write such an attribute, from a value of this type.
  return json === undefined ? undefined : (JSON.parse(json) as Value);
}

/** Members of an object of which any may be absent or undefined. */
type Members<Value> = { readonly [Name in keyof Value]?: Value[Name] | undefined };

/**
 * Returns the members that are not undefined. The compiler checks the names of the members, so that a member
 * of the type cannot be renamed without its reading from the item.
 */
export function presentMembers<Value extends object>(members: Members<Value>): Partial<Value> {
  return omitUndefined(members) as Partial<Value>; // the members that are left are not undefined
}

/** Throws `UnreadableItemError` unless the item has the only layout version that this release supports. */
export function checkLayoutVersion(item: Item, layoutVersion: number): void {
  readLayoutVersion(item, [layoutVersion]);
}

/** Returns the layout version of an item; throws `UnreadableItemError` unless this release supports it. */
export function readLayoutVersion(item: Item, supported: readonly number[]): number {
  const found = readNumber(item, 'z');
  if (supported.includes(found)) return found;
  throw new UnreadableItemError(
    item,
    `has layout version ${found}, but this release reads ${supported.join(', ')}; use the release that wrote it or a newer one`,
  );
}

function missing(item: Item, name: string, kind: string): never {
  throw new UnreadableItemError(item, `lacks the attribute ${name} (${kind})`);
}
