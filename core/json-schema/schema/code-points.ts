/**
 * Counts the code points of a text, as JSON Schema does: a surrogate pair is one, and so is a lone surrogate.
 */
export function codePointsIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
