/** Length of a text in code points, as JSON Schema counts it: a surrogate pair is one, and so is half of one alone. */
export function codePointsIn(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
