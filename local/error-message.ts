/** Returns the message of a thrown value, because JavaScript code can throw any value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
