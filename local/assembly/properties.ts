import type { Resource } from '../cloud.ts';
import { isRecord, type JsonRecord } from './json.ts';

/** Tells whether a value is a list of texts. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** A text of a template object, or undefined. CloudFormation takes numbers and booleans for texts as well. */
export function textOf(object: JsonRecord, key: string): string | undefined {
  const value = object[key];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

/** A number of a template object, or undefined. CloudFormation takes texts of digits for numbers as well. */
export function numberOf(object: JsonRecord, key: string): number | undefined {
  const value = textOf(object, key);
  const parsed = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** An object inside a template object; an empty one where it is absent. */
export function objectOf(object: JsonRecord, key: string): JsonRecord {
  const value = object[key];
  return isRecord(value) ? value : {};
}

/** The text values of an object inside a template object; an empty one where it is absent. */
export function textsOf(object: JsonRecord, key: string): Readonly<Record<string, string>> {
  const inner = objectOf(object, key);
  return Object.fromEntries(Object.keys(inner).map((name) => [name, textOf(inner, name) ?? '']));
}

/** A property that the resource must have. Throws, naming the resource, where it is missing or no text. */
export function requiredText(resource: Resource, key: string): string {
  const value = textOf(resource.properties, key);
  if (value === undefined) throw new Error(`${describe(resource)} has no text property ${key}`);
  return value;
}

/** How a resource is named in messages. */
export function describe(resource: Resource): string {
  return `${resource.type} ${resource.stack}/${resource.logicalId}`;
}
