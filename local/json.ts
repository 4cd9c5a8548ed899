/** A JSON object; the types of its members are unknown. */
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

/**
 * Parses the result of a function, which is not JSON if a program wrote it as bytes: returns such a text
 * unchanged, and null for an empty one.
 */
export function parseResult(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Returns a string unchanged and any other value as JSON; undefined becomes the empty string. */
export function textOrJson(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/**
 * Throws an error that names the first member outside `known`, so that nothing in a template is ignored
 * silently.
 */
export function refuseUnknown(object: JsonRecord, known: readonly string[], where: string): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) throw new Error(`${where}: ${key} is not supported by the local runtime`);
  }
}
