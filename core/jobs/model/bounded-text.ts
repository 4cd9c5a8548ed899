const ellipsis = '…';

/**
 * Shortens a text so that it takes at most `maxBytes` bytes as JSON, and appends `…` if it was shortened.
 * Texts on the item of a job must fit there, whatever characters they contain.
 */
export function boundedText(text: string, maxBytes: number): string {
  if (bytesInJson(text) <= maxBytes) return text;
  let [bytes, end] = [bytesInJson(ellipsis), 0];
  for (const character of text) {
    bytes += bytesInJson(character);
    if (bytes > maxBytes) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${ellipsis}`;
}

function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
