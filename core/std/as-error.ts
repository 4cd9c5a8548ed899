/** What was thrown, as an `Error`: JavaScript lets code throw any value. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
