import type { Resource } from '../cloud.ts';
import { isRecord, type JsonRecord } from '../json.ts';

/** Reports whether a value is a list of strings. */
export function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/**
 * Returns a string of a template object, or undefined. Numbers and booleans are converted, as in
 * CloudFormation.
 */
export function textOf(object: JsonRecord, key: string): string | undefined {
  const value = object[key];
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

/**
 * Returns a number of a template object, or undefined. Strings of digits are converted, as in CloudFormation.
 */
export function numberOf(object: JsonRecord, key: string): number | undefined {
  const value = textOf(object, key);
  const parsed = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Returns an object inside a template object; an empty object if it is absent. */
export function objectOf(object: JsonRecord, key: string): JsonRecord {
  const value = object[key];
  return isRecord(value) ? value : {};
}

/** Returns the string members of an object inside a template object; an empty object if it is absent. */
export function textsOf(object: JsonRecord, key: string): Readonly<Record<string, string>> {
  const inner = objectOf(object, key);
  return Object.fromEntries(Object.keys(inner).map((name) => [name, textOf(inner, name) ?? '']));
}

/**
 * Returns a required property. Throws an error that names the resource if the property is missing or not
 * text.
 */
export function requiredText(resource: Resource, key: string): string {
  const value = textOf(resource.properties, key);
  if (value === undefined) throw new Error(`${describe(resource)} has no text property ${key}`);
  return value;
}

/** Describes a resource in error messages. */
export function describe(resource: Resource): string {
  return `${resource.type} ${resource.stack}/${resource.logicalId}`;
}
