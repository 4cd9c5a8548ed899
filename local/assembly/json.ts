/** A JSON object from a template; the types of its members are unknown. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Reports whether a value is an object and neither an array nor null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value as an object; an absent value becomes an empty object. Throws if it is anything else. */
export function recordOf(value: unknown, where: string): JsonRecord {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new Error(`${where} must be an object`);
  return value;
}

/** Returns the value as a list; a single value becomes a list of one, an absent value an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** Returns the value if it is a string, otherwise undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
