/**
 * Truncates a text to `maxLength` UTF-16 code units, never within a surrogate pair; a truncated text ends
 * with `…`.
 */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const cut = text.slice(0, maxLength - 1);
  const halfOfPair = /[\ud800-\udbff]$/.test(cut);
  return `${halfOfPair ? cut.slice(0, -1) : cut}…`;
}
