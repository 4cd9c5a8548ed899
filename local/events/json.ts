/** A JSON object with members of unknown types. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Reports whether a value is an object and neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a string unchanged and any other value as JSON; undefined becomes the empty string. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/**
 * Throws an error that names the first member outside `known`, so that nothing in a template is ignored
 * silently.
 */
export function refuseUnknown(object: JsonObject, known: readonly string[], where: string): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key)) throw new Error(`${where}: ${key} is not supported by the local runtime`);
  }
}
