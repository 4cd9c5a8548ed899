/** A JSON object as read from a template: nothing is known of its members yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Tells an object from arrays, null and plain values. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; an absent value is an empty one. Throws where it is anything else. */
export function recordOf(value: unknown, where: string): JsonRecord {
  if (value === undefined) return {};
  if (!isRecord(value)) throw new Error(`${where} must be an object`);
  return value;
}

/** The value as a list; a single value is a list of one, an absent one an empty list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The value as text; undefined where it is anything but text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
