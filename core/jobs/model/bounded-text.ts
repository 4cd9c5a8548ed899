const ellipsis = '…';

/**
 * A text, or as many of its first characters, with `…` behind them, as take at most so many bytes in JSON. What is kept on
 * a job's item has to fit there, whatever characters its author took.
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
