const ellipsis = '…';

/**
 * Shortens a text so that it takes at most `maxBytes` bytes as JSON, and appends `…` if it was shortened.
 * The texts of a job must fit on its item, whatever characters they contain.
 */
export function truncateText(text: string, maxBytes: number): string {
  if (jsonSizeBytes(text) <= maxBytes) return text;
  let bytes = jsonSizeBytes(ellipsis);
  let end = 0;
  for (const character of text) {
    bytes += jsonSizeBytes(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${ellipsis}`;
}

function jsonSizeBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
